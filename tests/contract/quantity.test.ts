import { expect, test } from "vitest";
import { amountOf, bytesOf } from "../../contract/quantity.ts";

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

test.each([
  ["250m", 0.25],
  ["2", 2],
  ["0.5", 0.5],
  ["100u", 1e-4],
  ["5n", 5e-9],
  ["1e3", 1000],
  ["1Ki", 1024],
  ["2M", 2e6],
  ["1.5Gi", 1.5 * 1024 ** 3],
])("%s amounts to %d", (quantity, amount) => {
  expect(amountOf(quantity)).toBeCloseTo(amount, 12);
});
