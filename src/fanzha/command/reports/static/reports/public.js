// Solves the proof of work of a form while somebody fills it in: SHA-256 (FIPS 180-4) of "challenge:number" must begin
// with so many zero bits. Without scripts the form works too, at a slower rate.

const K = new Uint32Array(64);
const H = new Uint32Array(8);
for (let prime = 2, found = 0; found < 64; prime += 1) {
  let isPrime = true;
  for (let divisor = 2; divisor * divisor <= prime; divisor += 1) if (prime % divisor === 0) isPrime = false;
  if (!isPrime) continue;
  if (found < 8) H[found] = (prime ** 0.5 % 1) * 2 ** 32;
  K[found] = (prime ** (1 / 3) % 1) * 2 ** 32;
  found += 1;
}
const rotate = (word, bits) => (word >>> bits) | (word << (32 - bits));

export function sha256(text) {
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array(((bytes.length + 8) >> 6 << 6) + 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, bytes.length * 8);
  const state = Uint32Array.from(H), words = new Uint32Array(64);
  for (let start = 0; start < padded.length; start += 64) {
    for (let i = 0; i < 16; i += 1) words[i] = view.getUint32(start + 4 * i);
    for (let i = 16; i < 64; i += 1) {
      const a = words[i - 15], b = words[i - 2];
      words[i] = words[i - 16] + words[i - 7] + (rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)) + (rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const first = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + words[i]) | 0;
      const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] += word; });
  }
  return state;
}

function countBits(challenge, number) {
  return Math.clz32(sha256(`${challenge}:${number}`)[0]);
}

const form = document.querySelector("form[data-bits]");
if (form) {
  const bits = Math.min(Number(form.dataset.bits), 31), enough = Math.min(bits + 5, 31);
  const challenge = form.elements.challenge.value;
  let number = 0, best = bits - 1;
  const search = () => {
    for (const until = number + 1000; number < until && best < enough; number += 1) {
      const found = countBits(challenge, number);
      if (found > best) {
        best = found;
        form.elements.solution.value = String(number);
      }
    }
    if (best < enough) setTimeout(search);
  };
  setTimeout(search);
}
