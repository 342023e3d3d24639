// Security keys and passkeys: asks the server what to ask the key, asks the key, and brings the answer back.
// A button says it all in its data: the ceremony, where to ask, where to answer, and the token of its form.
//
// Source: WebAuthn Level 3, sections 5.1.3, 5.1.4 and 5.1.8 to 5.1.10.
"use strict";

const error = document.getElementById("error");
const voice = document.getElementById("said");
const isKnown = typeof PublicKeyCredential === "function" && Boolean(navigator.credentials);

// base64url without padding (RFC 4648, section 5)
const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const decode = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const withBytes = (descriptors) => descriptors?.map((descriptor) => ({ ...descriptor, id: decode(descriptor.id) }));

const creationOptions = (json) =>
  PublicKeyCredential.parseCreationOptionsFromJSON?.(json) ?? {
    ...json,
    challenge: decode(json.challenge),
    user: { ...json.user, id: decode(json.user.id) },
    excludeCredentials: withBytes(json.excludeCredentials),
  };

const requestOptions = (json) =>
  PublicKeyCredential.parseRequestOptionsFromJSON?.(json) ?? {
    ...json,
    challenge: decode(json.challenge),
    allowCredentials: withBytes(json.allowCredentials),
  };

// Some password managers put objects of their own in the place of credentials, which cannot do all that those can.
function answerOf(credential) {
  try {
    const json = credential.toJSON?.();
    if (json?.response?.clientDataJSON) return json;
  } catch {
    // By hand, then.
  }
  const { response } = credential;
  const json = {
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults?.() ?? {},
    response: { clientDataJSON: encode(response.clientDataJSON) },
  };
  if (response.attestationObject) {
    json.response.attestationObject = encode(response.attestationObject);
    json.response.transports = response.getTransports?.() ?? [];
  } else {
    json.response.authenticatorData = encode(response.authenticatorData);
    json.response.signature = encode(response.signature);
    if (response.userHandle) json.response.userHandle = encode(response.userHandle);
  }
  return json;
}

// What went wrong, for the person. A browser does not tell apart who cancelled and who was too slow; the time does.
function explain(failure, isNew, hasTimedOut) {
  switch (failure.name) {
    case "NotAllowedError":
      if (hasTimedOut) return "That took too long. Press the button again, and touch your key when it blinks.";
      return isNew
        ? "Nothing was added: it was cancelled, or refused by the key. Try again when you are ready."
        : "Nothing was confirmed: it was cancelled, or this key does not belong to the account. Try again, or use another key.";
    case "TimeoutError":
      return "That took too long. Press the button again, and touch your key when it blinks.";
    case "AbortError":
      return "It was cancelled. Try again when you are ready.";
    case "InvalidStateError":
      return isNew
        ? "This security key is registered on your account already. Use another one, or the one that you have."
        : "This security key cannot be used now. Try again, or use another one.";
    case "SecurityError":
      return `Security keys of this index do not work at the address ${location.origin}. Open the index at its own address, by its name and over https.`;
    case "NotSupportedError":
    case "ConstraintError":
      return "This security key cannot do what is asked for here. Use another one.";
    case "Refused":
      return failure.message;
    case "TypeError":
      return "The index could not be reached. Look at your connection and try again.";
    default:
      return `The security key could not be used (${failure.name}). Try again, or use another one.`;
  }
}

async function send(path, token, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Accept": "application/json", "Content-Type": "application/json", "X-CSRF-Token": token },
    body: body === undefined ? "{}" : JSON.stringify(body),
    credentials: "same-origin",
    redirect: "error",
  });
  let json;
  try {
    json = await response.json();
  } catch {
    json = {};
  }
  if (response.ok) return json;
  if (json.code === "form.session-gone") return { isGone: true };
  const refused = new Error(json.detail ?? "Something went wrong on this server. Load the page again.");
  refused.name = "Refused";
  throw refused;
}

function address(path, more) {
  const url = new URL(path, location.href);
  for (const [name, value] of Object.entries(more)) if (value) url.searchParams.set(name, value);
  return url;
}

// The session has ended. What was typed waits behind the sign-in: a form, or this page.
function signInAgain(repeats) {
  if (repeats) document.getElementById(repeats).submit();
  else location.assign(location.href);
}

async function perform(button) {
  const { ceremony, options, answer, token, next, label, repeats, choices } = button.dataset;
  // What was chosen on the page goes along: the boxes of a form that are checked, and what it says in hidden fields.
  const chosen = choices
    ? [...document.getElementById(choices).querySelectorAll("[data-choice]")]
        .filter((box) => box.type === "hidden" || box.checked).map((box) => box.value).join(" ")
    : "";
  const isNew = ceremony === "create";
  const words = button.textContent;
  error.hidden = true;
  button.disabled = true;
  button.textContent = "Waiting for your key …";
  voice.textContent = "Waiting for your security key";
  let began = 0;
  let timeout = Infinity;
  try {
    const asked = await send(address(options, { chosen }), token);
    if (asked.isGone) return signInAgain(repeats);
    if (asked.next) return location.assign(asked.next);
    began = performance.now();
    timeout = asked.timeout ?? timeout;
    const credential = isNew
      ? await navigator.credentials.create({ publicKey: creationOptions(asked) })
      : await navigator.credentials.get({ publicKey: requestOptions(asked) });
    if (!credential) throw new DOMException("", "NotAllowedError");
    const named = label ? document.getElementById(label).value : "";
    const result = await send(address(answer, { next, label: named, chosen }), token, answerOf(credential));
    if (result.isGone) return signInAgain(repeats);
    if (label) sessionStorage.removeItem(label);
    voice.textContent = "Done";
    if (repeats) {
      // The browser has a new secret now, and its forms a new token.
      const form = document.getElementById(repeats);
      form.elements.csrf.value = result.token;
      return form.submit();
    }
    return location.assign(result.next);
  } catch (failure) {
    const hasTimedOut = began > 0 && performance.now() - began >= timeout;
    const text = document.createElement("p");
    text.textContent = explain(failure, isNew, hasTimedOut);
    error.replaceChildren(text);
    error.hidden = false;
    voice.textContent = "";
    button.disabled = false;
    button.textContent = words;
    button.focus();
  }
}

for (const button of document.querySelectorAll("button[data-ceremony]")) {
  if (!isKnown) break;
  const name = document.getElementById(button.dataset.label);
  if (name) {
    // What was typed outlives a session that ends before the key is added.
    name.value ||= sessionStorage.getItem(name.id) ?? "";
    name.addEventListener("input", () => sessionStorage.setItem(name.id, name.value));
  }
  button.hidden = false;
  for (const note of document.querySelectorAll("[data-without-keys]")) note.hidden = true;
  if (button.form && button.type === "submit") {
    button.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!button.disabled) perform(button);
    });
  } else {
    button.addEventListener("click", () => perform(button));
  }
}
