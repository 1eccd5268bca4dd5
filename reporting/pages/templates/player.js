"use strict";
const FADE_S = 0.005, DRAG_PX = 5, LOUDEST = 0.8, SILENT = 1e-4;
let context = null, playing = null, used = null;

const bytes = audio => Uint8Array.from(atob(audio.src.slice(audio.src.indexOf(",") + 1)), letter => letter.charCodeAt(0));
const clipped = (value, low, high) => Math.min(Math.max(value, low), high);

/* Root mean square and peak of all channels. */
const measured = buffer => {
  let sum = 0, peak = 0;
  for (let channel = 0; channel < buffer.numberOfChannels; channel++)
    for (const sample of buffer.getChannelData(channel)) { sum += sample * sample; peak = Math.max(peak, Math.abs(sample)); }
  return { rms: Math.sqrt(sum / buffer.length / buffer.numberOfChannels), peak };
};

/* What brings signals to one level, as high as none of them clips; silence stays what it is. */
const matching = levels => {
  const heard = levels.filter(level => level.rms > SILENT);
  const common = Math.min(...heard.map(level => LOUDEST * level.rms / level.peak));
  return levels.map(level => level.rms > SILENT ? common / level.rms : 1);
};

class Player {
  constructor(root) {
    const find = name => root.querySelector(name), all = name => [...root.querySelectorAll(name)];
    Object.assign(this, { root, seconds: Number(root.dataset.seconds), chosen: 0, at: 0, voices: null, buffers: null });
    Object.assign(this, { sounds: all("audio"), buttons: all(".choose"), views: all(".view") });
    Object.assign(this, { button: find(".play"), slider: find(".place"), told: find("output"), matched: find(".matched") });
    Object.assign(this, { loop: find(".loop"), from: find(".from"), to: find(".to") });
    find(".transport").hidden = false;
    this.sounds.forEach(sound => { sound.hidden = true; });
    this.buttons.forEach((button, number) => { button.disabled = false; button.addEventListener("click", () => this.choose(number)); });
    this.views.forEach((view, number) => this.listen(view, number));
    all(".save").forEach((button, number) => { button.hidden = false; button.addEventListener("click", () => this.save(number)); });
    this.button.addEventListener("click", () => this.toggle());
    this.slider.addEventListener("input", () => this.seek(Number(this.slider.value)));
    this.matched.addEventListener("change", () => this.mix());
    [this.loop, this.from, this.to].forEach(input => input.addEventListener("change", () => this.seek(this.place)));
    root.addEventListener("focusin", () => { used = this; });
    root.addEventListener("click", event => { if (event.detail > 0 && event.target.closest("button")) root.focus({ preventScroll: true }); });
    this.show();
  }

  /* The stretch that is looped, in seconds. */
  get region() {
    const [a, b] = [this.from, this.to].map(input => clipped(Number(input.value) || 0, 0, this.seconds));
    return a === b ? [0, this.seconds] : [Math.min(a, b), Math.max(a, b)];
  }

  /* Where it is, in seconds. */
  get place() {
    if (!this.voices) return this.at;
    const [from, to] = this.looped, place = Math.max(this.at, context.currentTime - this.zero);
    return place > to ? (this.loops ? from + (place - from) % (to - from) : to) : place;
  }

  async toggle() { await (this.voices || playing === this ? this.pause() : this.play()); }

  async play() {
    if (playing && playing !== this) playing.release();
    playing = used = this;
    context ??= new AudioContext();
    context.resume();
    try {
      this.buffers ??= await Promise.all(this.sounds.map(sound => context.decodeAudioData(bytes(sound).buffer)));
    } catch (error) {
      playing = null;
      this.sounds.forEach(sound => { sound.hidden = false; });
      this.told.textContent = "this browser decodes no Ogg Vorbis";
      return;
    }
    this.gains = matching(this.buffers.map(measured));
    if (playing === this && !this.voices) this.start();
  }

  start() {
    this.loops = this.loop.checked;
    const [from, to] = this.looped = this.loops ? this.region : [0, this.seconds];
    if (this.at < from || this.at >= to) this.at = from;
    const when = context.currentTime + 0.01;
    this.zero = when - this.at;
    this.voices = this.buffers.map(buffer => {
      const source = new AudioBufferSourceNode(context, { buffer, loop: this.loops, loopStart: from, loopEnd: to });
      const gain = new GainNode(context, { gain: 0 });
      source.connect(gain).connect(context.destination);
      source.start(when, this.at);
      return { source, gain };
    });
    this.voices[0].source.onended = () => { this.pause(); this.seek(0); };
    this.mix();
    this.tick();
  }

  pause() {
    if (this.voices) {
      this.at = this.place;
      this.voices[0].source.onended = null;
      this.voices.forEach(({ source, gain }) => { source.stop(); gain.disconnect(); });
      this.voices = null;
    }
    if (playing === this) playing = null;
    this.show();
  }

  /* Stop for another player, and free what was decoded. */
  release() {
    this.pause();
    this.buffers = null;
  }

  seek(place) {
    const plays = this.voices !== null;
    if (plays) this.pause();
    this.at = clipped(place, 0, this.seconds);
    if (plays) { playing = this; this.start(); }
    this.show();
  }

  /* Another signal, at the same place. */
  choose(number) {
    used = this;
    this.chosen = number;
    this.buttons.forEach((button, other) => button.setAttribute("aria-pressed", other === number));
    this.mix();
  }

  /* One signal is heard, the others run silent beside it. */
  mix() {
    this.voices?.forEach(({ gain }, number) => {
      const level = this.matched.checked ? this.gains[number] : 1;
      gain.gain.setTargetAtTime(number === this.chosen ? level : 0, context.currentTime, FADE_S);
    });
  }

  mark(a, b) {
    [this.from.value, this.to.value] = [Math.min(a, b), Math.max(a, b)].map(place => place.toFixed(2));
    this.loop.checked = true;
  }

  /* Pointing at a spectrogram shows the time in all; a click goes there, dragging marks a stretch. */
  listen(view, number) {
    let pressed = null, dragged = false;
    const share = event => { const box = view.getBoundingClientRect(); return clipped((event.clientX - box.left) / box.width, 0, 1); };
    view.addEventListener("pointerdown", event => { pressed = event.clientX; dragged = false; view.setPointerCapture(event.pointerId); this.pressed = this.seconds * share(event); });
    view.addEventListener("pointermove", event => {
      this.root.style.setProperty("--hover", share(event));
      dragged ||= pressed !== null && Math.abs(event.clientX - pressed) > DRAG_PX;
      if (pressed === null || !dragged) return;
      this.mark(this.pressed, this.seconds * share(event));
      this.show();
    });
    view.addEventListener("pointerup", () => {
      if (pressed !== null) { this.choose(number); this.seek(dragged ? this.region[0] : this.pressed); }
      pressed = null;
    });
    view.addEventListener("pointercancel", () => { pressed = null; });
    view.addEventListener("pointerleave", () => this.root.style.removeProperty("--hover"));
  }

  save(number) {
    const link = document.createElement("a"), name = `${this.root.ariaLabel} ${this.buttons[number].querySelector("b").textContent}`;
    link.href = URL.createObjectURL(new Blob([bytes(this.sounds[number])], { type: "audio/ogg" }));
    link.download = `${name.replaceAll(/[^\p{L}\p{N}.+-]+/gu, "_")}.ogg`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  tick() {
    if (!this.voices) return;
    this.show();
    requestAnimationFrame(() => this.tick());
  }

  show() {
    const place = this.place, [from, to] = this.region, plays = this.voices !== null;
    const marked = this.loop.checked && to - from < this.seconds;  // not all of it
    const shares = marked ? { place, from, to } : { place, from: 0, to: 0 };
    for (const name in shares) this.root.style.setProperty(`--${name}`, shares[name] / this.seconds);
    this.slider.value = place;
    this.told.textContent = `${place.toFixed(1)} of ${this.seconds.toFixed(1)} s`;
    this.button.textContent = plays ? "\u275a\u275a" : "\u25b6";
    this.button.ariaLabel = plays ? "pause" : "play";
  }
}

const players = [...document.querySelectorAll(".player")].map(root => new Player(root));

const isSeen = ({ root }) => { const box = root.getBoundingClientRect(); return box.height > 0 && box.bottom > 0 && box.top < innerHeight; };

/* What keys act on: the one that plays, that has the focus, that was used last, or the first in sight. */
const current = target => playing ?? players.find(({ root }) => root.contains(target)) ?? (used && isSeen(used) ? used : players.find(isSeen));

document.addEventListener("keydown", event => {
  const player = current(event.target);
  if (!player || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input[type=number], textarea, select")) return;
  if (/^[1-9]$/.test(event.key) && Number(event.key) <= player.sounds.length) player.choose(Number(event.key) - 1);
  else if (event.key === " " && !event.target.closest("button, a, summary, th, audio, input:not([type=range])")) player.toggle();
  else return;
  event.preventDefault();
});
