// The emoji there are to choose from: common ones, each with words to find it by in English and German. Any other can be typed or pasted.

/** Headings, in order; the words of each are `emoji` and this name in the catalogue. */
export const EMOJI_GROUPS = ['Faces', 'Gestures', 'Hearts', 'Nature', 'Food', 'Things'] as const;

/** An emoji and what it is found by. */
export interface Emoji {
  readonly sign: string;
  /** Its name: its first word of each language. */
  readonly name: { readonly en: string; readonly de: string };
  /** What it is found by, small letters, both languages. */
  readonly words: readonly string[];
}

/** A line each: the sign, its English words, and behind the bar its German ones. */
const TABLE: Readonly<Record<(typeof EMOJI_GROUPS)[number], string>> = {
  Faces: `😀 grinning happy|grinsend froh
😃 smiling happy joy|lachend froh freude
😄 laughing eyes happy|strahlend froh lachen
😁 beaming grin|grinsen zähne
😅 sweat relief nervous|schweiß erleichtert
😂 tears joy laugh lol|tränen lachen
🤣 rolling laugh rofl|kugeln lachen
😊 blush pleased smile|verlegen lächeln
🙂 slight smile|leichtes lächeln
🙃 upside-down silly|kopfüber albern
😉 wink|zwinkern
😌 relieved calm|erleichtert ruhig
😍 heart-eyes love|herzaugen liebe verliebt
🥰 adore love hearts|verliebt herzen
😘 kiss|kuss
😋 yummy delicious|lecker
😛 tongue|zunge
😜 wink tongue crazy|zunge frech
🤪 zany crazy|verrückt
🤗 hug|umarmung drücken
🤭 giggle oops|kichern ups
🤫 shush quiet secret|pst leise geheim
🤔 thinking hmm|nachdenken hm
🤨 raised-eyebrow doubt|augenbraue zweifel
😐 neutral|neutral
😶 speechless silent|sprachlos still
😏 smirk|schmunzeln
😒 unamused|unbeeindruckt
🙄 eye-roll|augenrollen
😬 grimace awkward|grimasse peinlich
😔 pensive sad|nachdenklich traurig
😪 sleepy tired|müde
😴 sleeping zzz|schlafen
😷 mask ill|maske krank
🤒 fever ill|fieber krank
🤧 sneeze cold|niesen erkältung
🥵 hot heat|heiß hitze
🥶 cold freezing|kalt frieren
😵 dizzy|schwindlig
🤯 mind-blown|umgehauen explodiert
🥳 party celebrate|party feiern
😎 cool sunglasses|cool sonnenbrille
🤓 nerd|streber
😕 confused|verwirrt
😟 worried|besorgt
🙁 frown|stirnrunzeln
😮 surprised wow|überrascht wow
😲 astonished|erstaunt
😳 flushed embarrassed|errötet peinlich
🥺 pleading please|bitte flehen
😢 crying sad|weinen traurig
😭 sobbing cry|heulen schluchzen
😱 scream fear|schrei angst
😖 confounded|gequält
😞 disappointed|enttäuscht
😩 weary|erschöpft
🥱 yawn bored|gähnen langweilig
😤 huff proud|schnauben
😡 angry mad|wütend sauer
🤬 swearing curse|fluchen
😈 devil mischief|teufel
💀 skull dead|totenkopf
💩 poop|kacke haufen
🤡 clown|clown
👻 ghost|gespenst geist
👽 alien|außerirdischer
🤖 robot|roboter`,
  Gestures: `👋 wave hello bye|winken hallo tschüss
🤚 raised hand|hand heben
✋ stop hand|stopp hand
👌 ok perfect|ok perfekt
🤏 pinch little|wenig klein
✌️ victory peace|sieg frieden
🤞 fingers-crossed luck|daumen drücken glück
🤟 love-you|liebe dich
🤘 rock|rock
🤙 call-me|ruf an
👈 left|links
👉 right|rechts
👆 up|hoch oben
👇 down|runter unten
☝️ one point|eins zeigen
👍 thumbs-up yes good like|daumen hoch ja gut
👎 thumbs-down no bad|daumen runter nein schlecht
✊ fist|faust
👊 punch fist|faust schlag
👏 clap applause|klatschen applaus
🙌 hooray praise|hurra jubel
👐 open hands|offene hände
🤝 handshake deal|handschlag abgemacht
🙏 thanks please pray|danke bitte beten
✍️ write|schreiben
💪 strong muscle|stark muskel
👀 eyes look|augen schauen
🧠 brain|gehirn
🙋 question hand|melden frage
🤷 shrug|schulterzucken keine ahnung
🤦 facepalm|hand gesicht oje
🙇 bow sorry|verbeugen entschuldigung
💃 dance|tanzen
🏃 run hurry|laufen eilig
👶 baby|baby
👨‍👩‍👧‍👦 family|familie`,
  Hearts: `❤️ heart love red|herz liebe rot
🧡 orange heart|oranges herz
💛 yellow heart|gelbes herz
💚 green heart|grünes herz
💙 blue heart|blaues herz
💜 purple heart|lila herz
🖤 black heart|schwarzes herz
🤍 white heart|weißes herz
💔 broken heart|gebrochenes herz
💕 hearts love|herzen liebe
💯 hundred perfect|hundert perfekt
💥 boom|knall
💫 dizzy star|sterne
💬 speech message|sprechblase nachricht
💤 sleep zzz|schlafen
✅ done check yes|fertig haken ja
❌ no cross wrong|nein kreuz falsch
❓ question|frage
❗ exclamation important|ausrufezeichen wichtig
⚠️ warning|warnung achtung
🚫 forbidden|verboten
♻️ recycle|recycling
➕ plus|plus
➖ minus|minus
🔴 red circle|roter kreis
🟢 green circle|grüner kreis
🔒 lock secure|schloss sicher
🔑 key|schlüssel`,
  Nature: `🐶 dog|hund
🐱 cat|katze
🐭 mouse|maus
🐰 rabbit|hase
🦊 fox|fuchs
🐻 bear|bär
🐼 panda|panda
🐨 koala|koala
🦁 lion|löwe
🐮 cow|kuh
🐷 pig|schwein
🐸 frog|frosch
🐵 monkey|affe
🐔 chicken|huhn
🐧 penguin|pinguin
🐦 bird|vogel
🦉 owl|eule
🐝 bee|biene
🦋 butterfly|schmetterling
🐢 turtle slow|schildkröte langsam
🐙 octopus|krake
🐬 dolphin|delfin
🐳 whale|wal
🌵 cactus|kaktus
🌲 tree|baum tanne
🌱 seedling plant|keimling pflanze
🍀 luck clover|glück klee
🌸 blossom flower|blüte blume
🌹 rose|rose
🌻 sunflower|sonnenblume
🌍 earth world|erde welt
🌙 moon night|mond nacht
⭐ star|stern
✨ sparkles|funkeln glitzer
☀️ sun weather|sonne wetter
⛅ cloud sun|wolke sonne
🌧️ rain|regen
⛈️ storm|gewitter
❄️ snow cold|schnee kalt
🔥 fire hot|feuer heiß
💧 water drop|wasser tropfen
🌊 wave sea|welle meer
🌈 rainbow|regenbogen`,
  Food: `🍎 apple|apfel
🍌 banana|banane
🍓 strawberry|erdbeere
🍒 cherries|kirschen
🍉 melon|melone
🍋 lemon|zitrone
🥑 avocado|avocado
🍅 tomato|tomate
🥕 carrot|karotte möhre
🌽 corn|mais
🍞 bread|brot
🥐 croissant|croissant
🥨 pretzel|brezel
🧀 cheese|käse
🍳 egg breakfast|ei frühstück
🍔 burger|burger
🍟 fries|pommes
🍕 pizza|pizza
🌮 taco|taco
🥗 salad|salat
🍝 pasta spaghetti|nudeln spaghetti
🍜 noodles soup|nudelsuppe
🍣 sushi|sushi
🍦 ice-cream|eis
🍰 cake|kuchen
🎂 birthday cake|geburtstag torte
🍫 chocolate|schokolade
🍪 cookie|keks
🍿 popcorn|popcorn
☕ coffee|kaffee
🍵 tea|tee
🥛 milk|milch
🍺 beer|bier
🍻 cheers beer|prost bier
🍷 wine|wein
🥂 toast celebrate|anstoßen sekt
💦 splash|spritzer`,
  Things: `🎉 party tada|party konfetti feiern
🎁 gift present|geschenk
🎈 balloon|luftballon
🎄 christmas|weihnachten
🏆 trophy win|pokal sieg
⚽ football soccer|fußball
🏀 basketball|basketball
🎮 game|spiel
🎲 dice|würfel
🎵 music note|musik note
🎸 guitar|gitarre
🎨 art paint|kunst malen
📷 camera photo|kamera foto
🎬 film|film
📚 books read|bücher lesen
📎 clip attach|klammer anhang
📅 calendar date|kalender termin
⏰ alarm clock time|wecker uhr zeit
⏳ wait hourglass|warten sanduhr
📞 phone call|telefon anruf
📱 mobile|handy
💻 laptop computer|rechner computer
💡 idea light|idee licht
🔧 tool repair|werkzeug reparieren
🧹 broom clean|besen putzen
🛒 shopping|einkaufen
💰 money|geld
✉️ letter mail|brief post
📦 parcel|paket
🏠 home house|zuhause haus
🏢 office work|büro arbeit
🏥 hospital|krankenhaus
🏖️ beach holiday|strand urlaub
⛰️ mountain|berg
🚗 car|auto
🚲 bicycle bike|fahrrad
🚆 train|zug bahn
✈️ plane flight|flugzeug flug
🚀 rocket launch|rakete start
⛵ boat|boot
🗺️ map|karte`,
};

function parse(line: string): Emoji {
  const [sign = '', ...rest] = line.split(' ');
  const [en = [], de = []] = rest
    .join(' ')
    .split('|')
    .map((words) => words.split(' '));
  return { sign, name: { en: en[0] ?? sign, de: de[0] ?? sign }, words: [...en, ...de] };
}

/** Every emoji by its heading. */
export const EMOJI: Readonly<Record<(typeof EMOJI_GROUPS)[number], readonly Emoji[]>> = {
  Faces: TABLE.Faces.split('\n').map(parse),
  Gestures: TABLE.Gestures.split('\n').map(parse),
  Hearts: TABLE.Hearts.split('\n').map(parse),
  Nature: TABLE.Nature.split('\n').map(parse),
  Food: TABLE.Food.split('\n').map(parse),
  Things: TABLE.Things.split('\n').map(parse),
};

/** Those with a word that begins with `query`, in order. */
export function findEmoji(query: string): readonly Emoji[] {
  const wanted = query.trim().toLocaleLowerCase();
  if (wanted === '') return [];
  return EMOJI_GROUPS.flatMap((group) => EMOJI[group]).filter(({ words }) => words.some((word) => word.startsWith(wanted)));
}
