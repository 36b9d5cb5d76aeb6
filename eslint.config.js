import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: [".venv/", "node_modules/", "checkpoints/"] },
  js.configs.recommended,
  {
    files: ["pages/**/*.js"],
    languageOptions: { ecmaVersion: 2023, sourceType: "module", globals: globals.browser },
    rules: {
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", destructuredArrayIgnorePattern: "^_" }],
      "one-var": ["error", "never"], // the join finds a module's names at the start of a line
      "prefer-const": "error",
      eqeqeq: "error",
      "no-var": "error",
      "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
      "max-params": ["error", 8],
    },
  },
  { files: ["tests/js/**/*.js", "*.js"], languageOptions: { ecmaVersion: 2023, sourceType: "module", globals: globals.node } },
];
