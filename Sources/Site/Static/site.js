// Everything works without this file. It adds buttons that copy, a button that shows a password, one that
// prints, and lets the keyboard scroll what is too wide for the page.
"use strict";

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

for (const box of document.querySelectorAll(".scroll, .description pre")) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}
