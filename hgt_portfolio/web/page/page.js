"use strict";
// textual.js opens the terminal at window.onload: by then it has to know where the socket is, and have its font.
const terminal = document.querySelector(".textual-terminal");
terminal.dataset.sessionWebsocketUrl = `ws://${window.location.host}/ws`;
document.querySelector("#again").addEventListener("click", () => window.location.reload());

const openTerminal = window.onload;
window.onload = async () => {
  await document.fonts.load('16px "Roboto Mono"', "A红").catch(() => undefined);
  openTerminal();
};

// Keys go to the terminal at once; before the socket is open, textual.js would send it the focus in vain.
const watch = new MutationObserver(() => {
  if (terminal.classList.contains("-connected")) {
    watch.disconnect();
    document.querySelector(".xterm-helper-textarea").focus();
  }
});
watch.observe(terminal, { attributeFilter: ["class"] });
