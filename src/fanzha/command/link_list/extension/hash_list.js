// The list of prefixes: numbers of 32 bits in order, updated as Safe Browsing v5 sends it.

export function fromBase64(text) {
  const letters = atob(text), bytes = new Uint8Array(letters.length);
  for (let place = 0; place < bytes.length; place += 1) bytes[place] = letters.charCodeAt(place);
  return bytes;
}

export function toBase64(bytes) {
  let text = "";
  for (let start = 0; start < bytes.length; start += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  }
  return btoa(text);
}

export function prefixNumber(hash) {
  return new DataView(hash.buffer, hash.byteOffset).getUint32(0);
}

export function prefixBytes(numbers) {
  const bytes = new Uint8Array(numbers.length * 4), view = new DataView(bytes.buffer);
  for (let place = 0; place < numbers.length; place += 1) view.setUint32(place * 4, numbers[place]);
  return bytes;
}

export function readPrefixes(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset), numbers = new Uint32Array(bytes.length / 4);
  for (let place = 0; place < numbers.length; place += 1) numbers[place] = view.getUint32(place * 4);
  return numbers;
}

// Return whether a sorted list has a number.
export function has(list, number) {
  const place = findPlace(list, number);
  return place < list.length && list[place] === number;
}

// Return the first place of a sorted list whose number is not smaller.
export function findPlace(list, number) {
  let first = 0, after = list.length;
  while (first < after) {
    const middle = (first + after) >> 1;
    if (list[middle] < number) first = middle + 1;
    else after = middle;
  }
  return first;
}

// Return the list after an update. Throw if the update does not fit or its checksum differs.
export async function applyUpdate(list, answer) {
  const removals = decodeRice(answer.compressedRemovals), additions = decodeRice(answer.additionsFourBytes);
  const before = answer.partialUpdate ? list : new Uint32Array(0);
  if (removals.length && removals[removals.length - 1] >= before.length) throw new Error("removes what is not there");
  const gone = new Set(removals);
  const kept = gone.size ? before.filter((_, place) => !gone.has(place)) : before;
  const result = merge(kept, additions);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", prefixBytes(result)));
  if (toBase64(digest) !== answer.sha256Checksum) throw new Error("the checksum of the list differs");
  return result;
}

function merge(first, second) {
  const all = new Uint32Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  all.sort();
  return all.filter((number, place) => place === 0 || number !== all[place - 1]);
}

// Return the numbers of a Golomb-Rice code.
export function decodeRice(encoded) {
  if (!encoded) return new Uint32Array(0);
  const count = encoded.entriesCount ?? 0, parameter = encoded.riceParameter ?? 0;
  const data = fromBase64(encoded.encodedData ?? ""), most = data.length * 8;
  if (count < 0 || count > most || (count && (parameter < 3 || parameter > 30))) throw new Error("no code");
  const numbers = new Uint32Array(count + 1);
  let value = encoded.firstValue ?? 0, place = 0;
  numbers[0] = value;
  const bit = () => {
    if (place >= most) throw new Error("the code ends too early");
    const found = (data[place >> 3] >> (place & 7)) & 1;
    place += 1;
    return found;
  };
  for (let entry = 1; entry <= count; entry += 1) {
    let quotient = 0, remainder = 0;
    while (bit()) quotient += 1;
    for (let index = 0; index < parameter; index += 1) remainder += bit() * 2 ** index;
    const delta = quotient * 2 ** parameter + remainder;
    value += delta;
    if (delta === 0 || value > 0xffffffff) throw new Error("numbers are not in order");
    numbers[entry] = value;
  }
  return numbers;
}
