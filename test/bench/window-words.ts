// Names, texts and pauses of a seeded home: of many lengths, all different, and the same at every run. Says nothing about anybody.

const FIRST =
  'Ada Bela Cora Dario Edda Fritz Greta Hanna Ivo Jana Kaspar Lena Mona Nils Olga Pavel Quint Rosa Sami Tilda Ugo Vera Wim Xenia Yara Zeno Anouk Björn Chiara Dmitri Élodie Farid Gül Hồng Ines João Katja Łukasz Müge Noor'.split(
    ' ',
  );
const LAST =
  'Abt Brandt Conti Doğan Ek Fuchs Graf Horn Ilić Jung Koch Lind Marx Nagy Ott Pohl Quast Rau Sahin Thoma Ude Vogt Wolf Xu Yilmaz Zorn Ahrens Bauer Cruz Duval Engel Falk Götz Haas Imhof Jansen Keller Lorenz Mayer Nowak Öz Park Reiter Stein Tang Ulrich Vidal Weber Yang Ziegler'.split(
    ' ',
  );
const WORDS =
  'a the on off morning train lake after bread call two three almost maybe window green letter you me they came went said later rain sun kitchen table ticket mountain again really never soon light quiet door key number meet tomorrow tonight yesterday coffee garden river photo song slowly quick until because'.split(
    ' ',
  );

/** Every so many texts are long ones of several lines, hold a link, or are one emoji. */
const [LONG, LINK, EMOJI] = [41, 53, 29] as const;
const MINUTE_MS = 60_000;

/** A number from two others, 0..2^32-1: the same everywhere, without a pattern that an eye sees. */
function mixed(one: number, other: number): number {
  let value = Math.imul(one + 1, 0x9e37_79b1) ^ Math.imul(other + 1, 0x85eb_ca6b);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b_3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}

/** A petname that no other number gives. @param n below 2,000 */
export function nameOfContact(n: number): string {
  return `${FIRST[n % FIRST.length]} ${LAST[Math.floor(n / FIRST.length) % LAST.length]}`;
}

/** What was said at this place of this conversation. */
export function messageText(conversation: number, at: number): string {
  const seed = mixed(conversation, at);
  if (seed % EMOJI === 0) return '👍';
  const length = seed % LONG === 0 ? 60 + (seed % 90) : 2 + (mixed(seed, 1) % 24);
  const words = Array.from({ length }, (_, word) => {
    const next = WORDS[mixed(seed, word + 2) % WORDS.length] ?? '';
    return seed % LONG === 0 && word % 15 === 14 ? `${next}.\n` : next;
  });
  const link = seed % LINK === 0 ? ` https://example.org/page/${at}` : '';
  return `${at + 1}: ${words.join(' ')}${link}`;
}

/** Time since the message before, ms: most come in a talk, some after hours. */
export function pauseBefore(conversation: number, at: number): number {
  const seed = mixed(conversation + 7, at);
  return seed % 8 === 0 ? (20 + (seed % 140)) * MINUTE_MS : 5_000 + (seed % 90_000);
}

/** So many messages shared out among so many conversations: few long ones, many short ones, none empty. */
export function shares(conversations: number, messages: number): number[] {
  const weights = Array.from({ length: conversations }, (_, rank) => 1 / (rank + 20));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const counts = weights.map((weight) => Math.max(1, Math.floor((weight / sum) * messages)));
  const left = messages - counts.reduce((all, count) => all + count, 0);
  return counts.map((count, rank) => (rank === 0 ? Math.max(1, count + left) : count));
}
