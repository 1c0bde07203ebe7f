import { expect, test } from "vitest";
import { bytesOf } from "../../components/quantity.ts";

test.each([
  ["1024", 1024],
  ["512Mi", 512 * 1024 ** 2],
  ["1.5Gi", 1.5 * 1024 ** 3],
  ["2G", 2e9],
  ["10k", 10_000],
  ["1Ti", 1024 ** 4],
])("%s is %d bytes", (quantity, bytes) => {
  expect(bytesOf(quantity)).toBe(bytes);
});

test.each(["", "Gi", "1 Gi", "-1Gi", "1e3", "250m"])("%j is no size", (quantity) => {
  expect(() => bytesOf(quantity)).toThrow(`${quantity} is no size such as 512Mi`);
});
