/* All texts, in one catalogue per language (words/<language>/<part>.js); numbers as the language writes them. */

const KEY = 'wfm-language';
const catalogues = { en: () => import('../words/en/index.js'), es: () => import('../words/es/index.js') };
export const languages = [['en', 'English'], ['es', 'Español']];

let words = {};
export let language = 'en';

/* Loads the chosen language, else the first of the browser's that there is. */
export async function chooseLanguage(wanted = localStorage.getItem(KEY)) {
  const asked = [wanted, ...navigator.languages].map((tag) => tag?.slice(0, 2));
  language = asked.find((tag) => tag in catalogues) ?? 'en';
  words = (await catalogues[language]()).default;
  document.documentElement.lang = language;
}

export function keepLanguage(tag) {
  localStorage.setItem(KEY, tag);
  location.reload();
}

/* t('week.title', {week: 48}): the text with {week} filled in. A text with forms is chosen by n: {one: '{n} agent', other: '{n} agents'}. A
   key that is not there shows itself (the build refuses it). */
export function t(key, values = {}) {
  let text = key.split('.').reduce((at, name) => at?.[name], words);
  if (text !== null && typeof text === 'object') text = text[new Intl.PluralRules(language).select(values.n)] ?? text.other;
  if (typeof text !== 'string') return key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? shown(values[name]) : whole));
}
const shown = (value) => (typeof value === 'number' ? number(value) : value);
export const has = (key) => key.split('.').reduce((at, name) => at?.[name], words) !== undefined;

const formats = new Map();
/* Intl formats are slow to make: kept by what they were made from. */
export function format(kind, options) {
  const key = `${kind.name}${language}${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new kind(language === 'en' ? 'en-GB' : language, options));
  return formats.get(key);
}

export const number = (value, digits) => (value === null || value === undefined ? '–'
  : format(Intl.NumberFormat, digits === undefined ? { maximumFractionDigits: 2 } : { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value));
/* 0.8123 → 81.2 % */
export const percent = (share, digits = 1) => (share === null || share === undefined ? '–' : `${number(100 * share, digits)} %`);
/* Sums in whole units; what an hour or a shift is worth to the cent, with digits 2. */
export const money = (value, currency, digits = 0) => (value === null || value === undefined ? '–' : `${number(value, digits)} ${currency ?? ''}`.trim());
export const cents = (value, currency) => money(value, currency, 2);
/* 475 → 7:55 h */
export const hours = (minutes) => (minutes === null || minutes === undefined ? '–' : `${Math.floor(minutes / 60)}:${String(Math.round(minutes % 60)).padStart(2, '0')} h`);
