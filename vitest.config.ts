import { defineConfig } from "vitest/config";
import { softwareVulkan } from "./tests/software-vulkan.js";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    env: softwareVulkan(),
  },
});
