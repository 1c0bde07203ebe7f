import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/** Forbids imports of folders. */
function mayNotImport(...group) {
  return {
    "no-restricted-imports": [
      "error",
      { patterns: [{ group, message: "the arrows between the folders go the other way" }] },
    ],
  };
}

/** What lies above the ground floor: contract, settings and kube. */
const WINGS = ["components", "cli", "policy", "local", "bench", "tests"].map(
  (name) => `**/${name}/**`,
);

export default defineConfig(
  { ignores: ["node_modules", ".build", "**/.venv", "app", "**/*.mjs", "**/*.cjs", "**/*.js"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // A resource is registered by its constructor; many need no name afterwards.
      "@typescript-eslint/no-extraneous-class": ["error", { allowConstructorOnly: true }],
      "no-console": "off",
      // The rule is for Outputs, objects and undefined in texts; a number is printed as meant.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    },
  },
  {
    files: ["index.ts"],
    rules: mayNotImport("**/cli/*", "**/local/*", "**/local/**", "**/tests/**"),
  },
  {
    files: ["contract/**/*.ts"],
    rules: mayNotImport(...WINGS, "**/index.ts", "**/settings/**", "**/kube/**"),
  },
  {
    files: ["settings/**/*.ts"],
    rules: mayNotImport(...WINGS, "**/index.ts", "**/kube/**"),
  },
  {
    files: ["kube/**/*.ts"],
    rules: mayNotImport(...WINGS, "**/index.ts", "**/settings/**"),
  },
  {
    files: ["components/**/*.ts"],
    // The program reads its settings in one place.
    rules: mayNotImport(
      "**/settings/read.ts",
      "**/index.ts",
      "**/cli/**",
      "**/local/**",
      "**/tests/**",
    ),
  },
  {
    files: ["cli/**/*.ts"],
    rules: mayNotImport("**/components/**", "**/local/**", "**/index.ts", "**/tests/**"),
  },
  {
    files: ["policy/**/*.ts"],
    rules: mayNotImport(
      "**/components/**",
      "**/cli/**",
      "**/local/**",
      "**/index.ts",
      "**/tests/**",
    ),
  },
  {
    files: ["local/**/*.ts"],
    rules: mayNotImport("**/components/**", "**/cli/**", "**/index.ts", "**/tests/**"),
  },
);
