import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

import { rule as imports } from "./dev/imports/rule.mjs";

const SIZE = { skipBlankLines: true, skipComments: true };

const SYNTAX = [
  {
    selector: ":matches(ObjectExpression, ArrayExpression) > SpreadElement > ObjectExpression",
    message: "write the fields out: a literal spread hides them from the check of types",
  },
];

export default defineConfig(
  { ignores: ["node_modules", ".build", "**/.venv", "app", "**/*.mjs", "**/*.cjs", "**/*.js"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { house: { rules: { imports } } },
    rules: {
      // A resource is registered by its constructor; many need no name afterwards.
      "@typescript-eslint/no-extraneous-class": ["error", { allowConstructorOnly: true }],
      "no-console": "off",
      // The rule is for Outputs, objects and undefined in texts; a number is printed as meant.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Folders import downwards only: docs/architecture.md has the map.
      "house/imports": "error",
      "max-lines": ["error", { max: 300, ...SIZE }],
      "max-lines-per-function": ["error", { max: 40, ...SIZE }],
      curly: ["error", "multi-line"],
      "no-nested-ternary": "error",
      "no-restricted-syntax": ["error", ...SYNTAX],
    },
  },
  {
    // cli/start.mjs bundles these: a package of the older kind then has no names but `default`.
    files: ["{cli,components,contract,docker,kube,settings}/**/*.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        ...SYNTAX,
        {
          selector: "ImportExpression[source.value=/^[^.]/]",
          message: "import a package statically, in a module that is loaded late",
        },
      ],
    },
  },
  {
    // The program reads its settings in one place.
    files: ["components/**/*.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: ["**/settings/read.ts"] }] },
  },
  {
    // A test's callback tells its whole story, and `describe` holds several of them.
    files: ["tests/**/*.test.ts"],
    rules: { "max-lines-per-function": "off" },
  },
);
