import { expect, it } from "vitest";

import { waysOut } from "../../settings/egress.ts";
import { Faults } from "../../settings/faults.ts";

function read(text: string): { value: unknown; faults: string[] } {
  const faults = new Faults("dev");
  const value = waysOut("ways").read(text, { key: "egress", fallback: [], faults });
  return { value, faults: faults.found.map(({ wrong, remedy }) => `${wrong} — ${remedy}`) };
}

it.each([
  ["", []],
  ['["https"]', ["https"]],
  ["dns, https", ["dns", "https"]],
  ["all", ["all"]],
  ["10.0.0.0/8", [{ cidr: "10.0.0.0/8", port: undefined }]],
  ["10.1.2.3:5432", [{ cidr: "10.1.2.3/32", port: 5432 }]],
  ["10.0.0.0/8:443", [{ cidr: "10.0.0.0/8", port: 443 }]],
  ["[fd00::/8]:443", [{ cidr: "fd00::/8", port: 443 }]],
  ["[fd00::1]", [{ cidr: "fd00::1/128", port: undefined }]],
  ["fd00::/8", [{ cidr: "fd00::/8", port: undefined }]],
  ["::/0", [{ cidr: "::/0", port: undefined }]],
  ['["HTTPS"," dns "]', ["https", "dns"]],
])("reads %j", (text, value) => {
  expect(read(text)).toEqual({ value, faults: [] });
});

it.each([
  "http",
  "10.0.0.0/33",
  "10.0.0:1",
  "10.0.0.1:0",
  "10.0.0.1:65536",
  "fd00::1",
  "fd00::1:443",
  "fd00::/8:443",
  "10.0.0.1:5000-6000",
  "443",
  "[fd00::/129]",
])("refuses %s", (text) => {
  expect(read(text).faults).toEqual([
    `egress has "${text}" — pulumi config set egress https -s dev`,
  ]);
});

it("names the item of a list that is wrong", () => {
  expect(read('["https","http"]').faults).toEqual([
    `egress has "http" — pulumi config set --path 'egress[1]' https -s dev`,
  ]);
});

it.each(["huggingface.co", "https://s3.eu-west-1.amazonaws.com/a", "db.lab:5432"])(
  "says of %s that policies know no names",
  (text) => {
    const faults = new Faults("dev");
    waysOut("ways").read(text, { key: "egress", fallback: [], faults });
    expect(faults.found.map(({ allowed }) => allowed)).toEqual([
      "policies know addresses and no names: https is port 443 of them all, and it must be dns, https, all, or addresses such as 10.0.0.0/8, 10.1.2.3:5432 or [fd00::/8]:443",
    ]);
  },
);

it("refuses what is no text", () => {
  expect(read('[443,{"a":1}]').faults).toHaveLength(2);
});
