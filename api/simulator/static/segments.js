// What sending a text as SMS takes. Mirrors agent/replies/segments.py (3GPP TS 23.038 and 23.040).

const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡" +
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENSION = new Set("\f^{}\\[~]|€");
const SINGLE = { "GSM-7": 160, "UCS-2": 70 };
const OF_SEVERAL = { "GSM-7": 153, "UCS-2": 67 };

/**
 * @param {string} text
 * @returns {{encoding: "GSM-7" | "UCS-2", segments: number, units: number, left: number}}
 *   `left` is what still fits into the last part.
 */
export function measure(text) {
  const characters = [...text];
  const gsm = characters.every((c) => BASIC.has(c) || EXTENSION.has(c));
  const encoding = gsm ? "GSM-7" : "UCS-2";
  const sizes = characters.map((c) => (gsm ? (EXTENSION.has(c) ? 2 : 1) : c.length));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  if (units <= SINGLE[encoding]) {
    return { encoding, segments: units ? 1 : 0, units, left: SINGLE[encoding] - units };
  }
  let segments = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > OF_SEVERAL[encoding]) {
      segments += 1;
      used = 0;
    }
    used += size;
  }
  return { encoding, segments, units, left: OF_SEVERAL[encoding] - used };
}

/** "1 part", "3 parts". */
export function parts(count) {
  return `${count} ${count === 1 ? "part" : "parts"}`;
}
