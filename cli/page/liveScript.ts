/** Milliseconds between two questions of the page. */
const EVERY = 2000;

/**
 * JavaScript of the live page: asks the server that it came from for the newest content, and replaces the
 * sections that have changed. What one has opened stays open.
 */
export const LIVE_SCRIPT = `
const main = document.querySelector("main");
const last = [];
let tag = "";
function take(text) {
  const fresh = document.createElement("template");
  fresh.innerHTML = text;
  [...fresh.content.children].forEach((section, at) => {
    const now = section.outerHTML;
    if (last[at] === now) return;
    last[at] = now;
    const open = main.children[at]?.querySelectorAll("details[open]") ?? [];
    for (const { id } of open) section.querySelector("#" + id)?.setAttribute("open", "");
    if (main.children[at]) main.children[at].replaceWith(section);
    else main.append(section);
  });
}
async function renew() {
  let ended = "";
  try {
    const answer = await fetch("main", { headers: { "if-none-match": tag } });
    tag = answer.headers.get("etag") ?? tag;
    if (answer.status === 200) take(await answer.text());
    ended = answer.headers.get("x-ended") ?? "";
  } catch {
    ended = "The program that renews this page has ended.";
  }
  const line = document.getElementById("live");
  if (ended === "") setTimeout(renew, ${EVERY});
  else if (line) line.textContent = ended;
}
renew();
`;
