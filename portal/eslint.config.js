import js from "@eslint/js";
import lit from "eslint-plugin-lit";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "test-results", "playwright-report"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { lit },
    rules: {
      ...lit.configs["flat/recommended"].rules,
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      // An expression such as `() => this.close()` reads best as it stands.
      "@typescript-eslint/no-confusing-void-expression": "off",
      eqeqeq: "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "TemplateElement[value.raw=/ style=$/]",
          message: "The site's policy blocks style attributes; bind the property, .style.",
        },
      ],
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  // Generated as long as the protocol is.
  { files: ["src/protocol/**"], rules: { "max-lines": "off" } },
);
