import { waiting, type State } from "./state.ts";

const IMAGE = "localhost:5555/kubeflower:abc";
const PULL = `failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}"`;

/** A pull that fails, in the words of the registry: pkg/kubelet/images, containerd and CRI-O. */
function pull(name: string, words: string, reason = "ErrImagePull"): State {
  return waiting(reason, `${PULL}: ${words}`, `${reason}: ${name}`);
}

/** States of images: pkg/kubelet/images/types.go, and cri-api's errors. */
export const IMAGES: readonly State[] = [
  pull("no such tag", "not found"),
  pull(
    "no such repository",
    "pull access denied, repository does not exist or may require authorization",
  ),
  pull("no login", "failed to authorize: failed to fetch anonymous token: 401 Unauthorized"),
  pull(
    "too many pulls",
    "429 Too Many Requests - toomanyrequests: You have reached your pull rate limit",
  ),
  pull("nobody answers", "dial tcp 10.0.0.1:443: connect: connection refused"),
  pull("no answer in time", "dial tcp 10.0.0.1:443: i/o timeout"),
  pull("no such host", "dial tcp: lookup registry.example on 10.96.0.10:53: no such host"),
  pull(
    "a certificate that nobody trusts",
    "tls: failed to verify certificate: x509: certificate signed by unknown authority",
  ),
  pull("a registry without TLS", "http: server gave HTTP response to HTTPS client"),
  pull("another architecture", "no match for platform in manifest: not found"),
  pull("a full disk", "write /var/lib/containerd/ingest/1/data: no space left on device"),
  pull("the kubelet's own limit", "pull QPS exceeded"),
  pull("not found", "not found", "ImagePullBackOff"),
  waiting(
    "ErrImageNeverPull",
    `Container image "${IMAGE}" is not present with pull policy of Never`,
  ),
  waiting(
    "InvalidImageName",
    `Failed to apply default image tag "No::image": couldn't parse image name "No::image": invalid reference format`,
  ),
  waiting(
    "ImageInspectError",
    `Failed to inspect image "${IMAGE}": rpc error: code = Unknown desc = layer not known`,
  ),
  pull(
    "a registry that is down",
    "received unexpected HTTP status: 503 Service Unavailable",
    "RegistryUnavailable",
  ),
  pull(
    "an image without a signature",
    "source image rejected: signature required",
    "SignatureValidationFailed",
  ),
];
