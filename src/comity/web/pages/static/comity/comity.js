// What script adds: printing, copying a reference, a clock that goes on. Every page does without.
(() => {
  "use strict";
  const each = (root, what, act) => root.querySelectorAll(what).forEach(act);

  const wake = (root) => {
    each(root, "[data-print], [data-copy]", (button) => { button.hidden = false; });
    each(root, "#problem", (box) => box.focus());
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-print], [data-copy]");
    if (!button) return;
    if (button.hasAttribute("data-print")) { window.print(); return; }
    navigator.clipboard.writeText(button.dataset.copy).then(() => {
      const said = button.textContent;
      button.textContent = button.dataset.copied || said;
      window.setTimeout(() => { button.textContent = said; }, 2000);
    });
  });

  const tick = () => each(document, "time.clock", (clock) => {
    const now = new Date();
    const two = (number) => String(number).padStart(2, "0");
    clock.dateTime = now.toISOString();
    clock.textContent = `${two(now.getUTCHours())}:${two(now.getUTCMinutes())} UTC`;
  });

  document.addEventListener("DOMContentLoaded", () => {
    wake(document);
    window.setInterval(tick, 20000);
  });
  document.addEventListener("htmx:afterSwap", (event) => wake(event.target));
})();
