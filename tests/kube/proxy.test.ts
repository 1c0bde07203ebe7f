import { expect, test } from "vitest";

import { proxyFor } from "../../kube/proxy.ts";

const PROXY = "http://proxy.lab:3128";

test.each([
  ["https://api.lab:6443", { HTTPS_PROXY: PROXY }, PROXY],
  ["https://api.lab:6443", { https_proxy: "proxy.lab:3128" }, PROXY],
  ["https://api.lab:6443", { HTTP_PROXY: PROXY }, undefined],
  ["http://api.lab", { HTTP_PROXY: PROXY }, PROXY],
  ["https://api.lab:6443", { HTTPS_PROXY: " " }, undefined],
  ["https://api.lab:6443", {}, undefined],
  ["https://localhost:6443", { HTTPS_PROXY: PROXY }, undefined],
  ["https://127.0.0.5:6443", { HTTPS_PROXY: PROXY }, undefined],
  ["https://[::1]:6443", { HTTPS_PROXY: PROXY }, undefined],
])("%s with %j is reached through %s", (server, environment, proxy) => {
  expect(proxyFor(server, environment)).toBe(proxy);
});

test.each([
  ["https://api.lab:6443", "*"],
  ["https://api.lab:6443", "lab"],
  ["https://api.lab:6443", ".lab"],
  ["https://api.lab:6443", "*.lab"],
  ["https://API.lab:6443", "other, api.LAB:6443"],
  ["https://10.1.2.3:6443", "10.0.0.0/8"],
  ["https://10.1.2.3", "10.1.2.3:443"],
  ["https://[fd00::1]:6443", "fd00::1"],
  ["https://[fd00::1]:6443", "fd00::/8"],
])("%s with NO_PROXY %s is reached directly", (server, excluded) => {
  expect(proxyFor(server, { HTTPS_PROXY: PROXY, NO_PROXY: excluded })).toBe(undefined);
});

test.each([
  ["https://api.lab:6443", "ap.lab"],
  ["https://lab:6443", ".lab"],
  ["https://api.lab:6443", "api.lab:443"],
  ["https://10.1.2.3:6443", "11.0.0.0/8"],
  ["https://10.1.2.3:6443", "2.3"],
  ["https://10.1.2.3:6443", "10.0.0.0/x"],
  ["https://10.1.2.3:6443", "10.0.0.0/33"],
  ["https://10.1.2.3:6443", "fd00::/8"],
])("%s with NO_PROXY %s is reached through the proxy", (server, excluded) => {
  expect(proxyFor(server, { HTTPS_PROXY: PROXY, NO_PROXY: excluded })).toBe(PROXY);
});
