import { expect } from "vitest";

import { SMALL, type Checkout } from "../../../dev/checkout.ts";
import { sharedCheckout } from "../support/sharedCheckout.ts";
import { until } from "../support/until.ts";
import { Screen } from "./screen.ts";

/** Minutes within which a command that is typed ends. */
const MINUTES = 5;
const UP = "pulumi up --yes --skip-preview --non-interactive";

/** Minutes within which an update that fails ends. */
const DEADLINE = 3;

/** Fault that an update meets. */
export interface UpFault {
  /** Sentence with its remedy. */
  readonly sentence: RegExp;
  /** Whether `up` is waited for, which must fail. @default it is stopped once it shows the sentence */
  readonly ends?: true;
  /** Seconds after which the app itself fails, once all clients have joined. @default the cluster sees the fault first */
  readonly appFails?: number;
}

/** Fault as somebody met it. */
export interface Met {
  /** Sentence on the screen. */
  readonly sentence: string;
  /** Seconds from the fault to its sentence. */
  readonly seconds: number;
  /** Other sentences with a remedy that were on the screen before it. */
  readonly wrong: readonly string[];
}

/** A stack of the smallest app that is well, until a fault is seeded. */
export class WhyStack {
  private constructor(
    readonly checkout: Checkout,
    /** Its image, named by its digest. */
    readonly image: string,
  ) {}

  /** Makes a stack in that namespace. @param image image of another stack; undefined: it is built */
  static async make(namespace: string, image?: string): Promise<WhyStack> {
    const checkout = await sharedCheckout(namespace);
    const settings: Record<string, string> = image === undefined ? {} : { image };
    await checkout.set({ app: "tests/app/tiny", rounds: "1", ...settings });
    const { code, said } = await checkout.ended("bash", ["-ec", UP], 10);
    expect(code, said).toBe(0);
    const outputs = JSON.parse(await checkout.pulumi("stack", "output", "--json")) as {
      image: string;
    };
    const stack = new WhyStack(checkout, outputs.image);
    if (image === undefined) {
      // Nothing is built from here on. A named image is another run: it is over before the first fault.
      await checkout.set({ image: outputs.image });
      await stack.up();
    }
    return stack;
  }

  get namespace(): string {
    return this.checkout.namespace;
  }

  /** Types a command line in the stack's folder; it must succeed. */
  async type(line: string): Promise<string> {
    const { code, said } = await this.checkout.ended("bash", ["-ec", line], MINUTES);
    expect(code, `${line}\n${said}`).toBe(0);
    return said;
  }

  /** Types a remedy; nobody is there to confirm an update. */
  async typeRemedy(command: string): Promise<void> {
    await this.type(command.replace(/^pulumi up|(?<=&& )pulumi up/, UP));
  }

  /** Makes the stack well again after a test that failed. */
  async restore(): Promise<void> {
    await this.type(
      `pulumi stack select local\npulumi config set context ${this.checkout.context}`,
    );
    await this.checkout.ended("bash", ["-ec", "pulumi config rm runConfig || true"]);
    await this.checkout.set({ image: this.image });
    for (const key of [
      "env",
      "gpus",
      "spread",
      "priorityClass",
      "roundTimeout",
      ...Object.keys(SMALL),
    ]) {
      await this.checkout.ended("pulumi", ["config", "rm", key]);
    }
    await this.checkout.set(SMALL);
    await this.checkout.kubectl("delete", "resourcequota,limitrange", "--all");
    const rules = "validatingadmissionpolicybinding,validatingwebhookconfiguration";
    await this.checkout.kubectl("delete", rules, this.namespace, "--ignore-not-found");
    await this.type(`${UP} --refresh`);
  }

  /** Types `pulumi up`, which must succeed. */
  async up(): Promise<void> {
    await this.type(UP);
  }

  /** Expects the run of the last update to be completed. */
  async isCompleted(): Promise<void> {
    const rounds = Number(await this.checkout.pulumi("config", "get", "rounds"));
    expect(await this.checkout.result()).toMatchObject({ state: "completed", rounds });
  }

  /** Types `pulumi up`, which meets a fault; it is stopped when it shows the sentence, or ends by itself. */
  async upMeets({ sentence, ends, appFails }: UpFault): Promise<Met> {
    const screen = new Screen(this.checkout, UP);
    const found = await screen.shows(sentence);
    const shown = Date.now();
    const before = screen.said.slice(0, screen.said.search(sentence));
    const wrong = before.split("\n").filter(isCause);
    const seen =
      appFails === undefined
        ? await this.#firstSeen(screen.began)
        : (await this.#joined()) + appFails * 1000;
    if (ends === true) await this.#fails(screen, sentence);
    else await screen.interrupt();
    return { sentence: found, seconds: (shown - seen) / 1000, wrong };
  }

  /** Expects that an update which nobody stops fails soon, and that one resource says why in its last line. */
  async #fails(screen: Screen, sentence: RegExp): Promise<void> {
    expect(await screen.ended, screen.said).toBe(1);
    expect(Date.now() - screen.began, screen.said).toBeLessThan(DEADLINE * 60_000);
    const [, diagnostics = ""] =
      /^Diagnostics:\n(.*?)\n\n(?:Outputs|Resources):$/ms.exec(screen.said) ?? [];
    const told = diagnostics.split("\n\n").filter((part) => !part.endsWith("error: update failed"));
    expect(told, screen.said).toHaveLength(1);
    expect(told[0]?.trim().split("\n").at(-1)).toMatch(sentence);
  }

  /** Time at which the last client of the run joined: only then its app begins. */
  async #joined(): Promise<number> {
    const said = await this.type("node cli/kubeflower.mjs events --json");
    const { events } = JSON.parse(said) as {
      events: readonly { source: string; kind: string; time: string }[];
    };
    const joined = events.filter(({ source, kind }) => source === "run" && kind === "joined");
    return Math.max(...joined.map(({ time }) => Date.parse(time)));
  }

  /** Types a command again and again until it shows the sentence. @param began time of the fault */
  async meets(line: string, sentence: RegExp, began: number): Promise<Met> {
    const wrong = new Set<string>();
    const found = await until(
      `${String(sentence)} on the screen of ${line}`,
      async () => {
        const screen = new Screen(this.checkout, line);
        await screen.ended;
        const [shown] = sentence.test(screen.said) ? [await screen.shows(sentence)] : [];
        if (shown !== undefined) return shown;
        for (const one of screen.said.split("\n")) if (isCause(one)) wrong.add(one);
        return undefined;
      },
      60,
    );
    return { sentence: found, seconds: (Date.now() - began) / 1000, wrong: [...wrong] };
  }

  /** Waits until `kubeflower status` finds nothing amiss, and all clients connected. */
  async isWell(): Promise<void> {
    await until(
      `well stack ${this.namespace}`,
      async () => {
        const args = ["cli/kubeflower.mjs", "status", "--json"];
        const { said } = await this.checkout.ended(process.execPath, args, 1);
        if (!said.startsWith("{")) return undefined;
        const { cause, clients } = JSON.parse(said) as {
          cause: string | null;
          clients?: readonly { doing: string }[];
        };
        const connected = clients?.filter(({ doing }) => doing !== "offline").length;
        return (cause === null && connected === 2) || undefined;
      },
      150,
    );
  }

  /**
   * Time at which the cluster first saw what `up` asked of it: when it made the first pod or claim, or
   * refused one. Kubernetes tells whole seconds, so it was up to a second later. Without any, `began`.
   */
  async #firstSeen(began: number): Promise<number> {
    const made = "{range .items[*]}{.metadata.creationTimestamp}{'\\n'}{end}";
    const refused = "{range .items[?(@.reason=='FailedCreate')]}{.firstTimestamp}{'\\n'}{end}";
    const texts = await Promise.all([
      this.checkout.kubectl("get", "pods,pvc", "-o", `jsonpath=${made}`),
      this.checkout.kubectl("get", "events", "-o", `jsonpath=${refused}`),
    ]);
    const times = texts.flatMap((text) => text.split("\n").map((line) => Date.parse(line)));
    const fresh = times.filter((time) => time >= began - 1000);
    return fresh.length === 0 ? began : Math.max(began, Math.min(...fresh));
  }
}

/**
 * Tells whether a line names a cause; what is waited for, what to type next and the outputs of an
 * update are none.
 */
function isCause(line: string): boolean {
  return line.includes(" — ") && !/waiting for |next: npx |\{\\?"id\\?":/.test(line);
}
