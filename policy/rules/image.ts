import { containerRule } from "../podRule.ts";

/** Pins images: a moving tag is another image tomorrow than the one that was tried today. */
export const image = containerRule(
  "image",
  "An image has a tag that stays, or a digest.",
  function* ({ image = "" }) {
    if (image.includes("@")) return;
    const tag = /:([^/]*)$/.exec(image)?.[1];
    if (tag !== undefined && tag !== "latest") return;
    const fault =
      tag === undefined ? "has neither tag nor digest, which means latest" : "has the tag latest";
    const name = image.replace(/:latest$/, "");
    yield `image ${image} ${fault} — allowed: a tag that stays, or a digest — write ${name}:<version> or ${name}@sha256:<digest>`;
  },
);
