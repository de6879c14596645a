// Passkeys: the one thing of signing in that needs a script. A form with data-passkey="get" or
// "create" is shown where the browser can; pressed, it asks the desk what is to be signed, lets
// the authenticator sign it, and sends the form with what was signed.
"use strict";
(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const create = async (asked) => {
    const made = await navigator.credentials.create({ publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: named(asked.excludeCredentials),
    } });
    return { ...head(made), response: {
      clientDataJSON: text(made.response.clientDataJSON),
      attestationObject: text(made.response.attestationObject),
      transports: made.response.getTransports ? made.response.getTransports() : [],
    } };
  };
  const get = async (asked) => {
    const made = await navigator.credentials.get({ publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      allowCredentials: named(asked.allowCredentials),
    } });
    const user = made.response.userHandle;
    return { ...head(made), response: {
      clientDataJSON: text(made.response.clientDataJSON),
      authenticatorData: text(made.response.authenticatorData),
      signature: text(made.response.signature),
      userHandle: user ? text(user) : null,
    } };
  };
  const head = (made) => ({
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    clientExtensionResults: made.getClientExtensionResults(),
  });

  const run = async (form) => {
    const said = form.querySelector("[data-passkey-says]");
    said.hidden = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new FormData(form), headers: { Accept: "application/json" },
      });
      const asked = (await answer.json()).publicKey;
      const made = await (form.dataset.passkey === "get" ? get(asked) : create(asked));
      form.elements.credential.value = JSON.stringify(made);
      form.submit();
    } catch {
      said.hidden = false;
      said.focus();
    }
  };

  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      run(form);
    });
  }
})();
