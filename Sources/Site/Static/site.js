// Everything works without this file. It adds buttons that copy, a button that shows a password, one that
// prints, presses the button of a page that has nothing else, and lets the keyboard scroll what is too wide for the page.
"use strict";

// Pages for everybody are the same bytes for everybody. Who is signed in, a cookie says that proves nothing.
for (const links of document.querySelectorAll("[data-name-cookie]")) {
  const pairs = document.cookie.split("; ").map((pair) => pair.split("="));
  const name = pairs.find(([key]) => key === links.dataset.nameCookie)?.[1];
  if (!/^[A-Za-z0-9._-]{1,50}$/.test(name ?? "")) continue;
  const [account, ...others] = links.querySelectorAll("a");
  account.textContent = name;
  account.setAttribute("aria-label", `Signed in as ${name}`);
  for (const other of others) other.remove();
}

const said = document.getElementById("said");

for (const button of document.querySelectorAll("button[data-copies]")) {
  if (!navigator.clipboard) break; // Browsers have it on secure pages only.
  button.hidden = false;
  const word = button.firstChild;
  const text = word.data;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(source.textContent);
      word.data = "Copied";
      said.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(source);
      word.data = "Selected";
      said.textContent = "Could not copy. The text is selected instead.";
    }
    setTimeout(() => {
      word.data = text;
      said.textContent = "";
    }, 2000);
  });
}

for (const button of document.querySelectorAll("button[data-reveals]")) {
  const field = document.getElementById(button.dataset.reveals);
  button.hidden = false;
  button.addEventListener("click", () => {
    const isShown = field.type === "text";
    field.type = isShown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!isShown));
  });
  // Managers and histories keep what is in a text field.
  field.form.addEventListener("submit", () => { field.type = "password"; });
}

for (const button of document.querySelectorAll("button[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A page that only goes on, to what somebody asked for. Anyone who comes back to it by the browser's button does not.
const onward = document.querySelector("form[data-goes-on]");
if (onward && performance.getEntriesByType("navigation")[0]?.type !== "back_forward") onward.requestSubmit();

for (const box of document.querySelectorAll(".scroll, .description pre")) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}
