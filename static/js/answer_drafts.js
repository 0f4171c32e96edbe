// Text that is not saved yet, kept on this device: by person, answer and the version that it was written on.
// Nobody else's is ever read: the key begins with the person who typed it.

const PREFIX = "qnt-answer";

export class Drafts {
  constructor(user) {
    this.prefix = `${PREFIX}:${user}:`;
  }

  key(answer, version) {
    return `${this.prefix}${answer}:${version}`;
  }

  // Whether the device took it: a private window, or a full device, may refuse.
  keep(answer, version, draft) {
    try {
      localStorage.setItem(this.key(answer, version), JSON.stringify({ ...draft, keptAt: Date.now() }));
      return true;
    } catch {
      return false;
    }
  }

  drop(answer, version) {
    try {
      localStorage.removeItem(this.key(answer, version));
    } catch { /* nothing was kept */ }
  }

  // Every version of one answer's text: somebody has seen them and chosen.
  dropAll(answer) {
    for (const draft of this.all()) if (draft.answer === String(answer)) this.drop(draft.answer, draft.version);
  }

  // Newest text of one answer, or undefined.
  of(answer) {
    return this.all().filter((draft) => draft.answer === String(answer)).sort((a, b) => b.keptAt - a.keptAt)[0];
  }

  all() {
    const found = [];
    try {
      for (let n = 0; n < localStorage.length; n += 1) {
        const key = localStorage.key(n);
        if (!key.startsWith(this.prefix)) continue;
        const [answer, version] = key.slice(this.prefix.length).split(":");
        const draft = JSON.parse(localStorage.getItem(key));
        if (draft && draft.fields) found.push({ ...draft, answer, version });
      }
    } catch { /* storage is refused, or holds what we did not write */ }
    return found;
  }

  wipe() {
    for (const draft of this.all()) this.drop(draft.answer, draft.version);
  }
}
