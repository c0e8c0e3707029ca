/* Start: the language, who is signed in, then the view the address bar names. */
import { html, news, render, useEffect, useRef, useState, Fault, Loading } from './lib/ui.js';
import { Problem, get, refused, token } from './lib/service.js';
import { keepOffline } from './lib/offline.js';
import { href, useRoute } from './lib/route.js';
import { chooseLanguage, keepLanguage, language, languages, t } from './lib/words.js';
import { SignIn } from './lib/sign_in.js';

/* One row per view; the first of a role is its home. A view is made as <View me at/>: me is GET /v1/me, at the parsed address (lib/route.js).
   A title of null is reached from other views, not from the menu. */
const views = [
  { name: 'week', title: 'week.title', roles: ['planner'], load: () => import('./views/week/index.js') },
  { name: 'gantt', title: 'gantt.title', roles: ['planner'], wide: true, load: () => import('./views/gantt/index.js') },
  { name: 'forecast', title: 'forecast.title', roles: ['planner'], load: () => import('./views/forecast/index.js') },
  { name: 'runs', title: 'runs.title', roles: ['planner'], load: () => import('./views/runs/index.js') },
  { name: 'compare', title: null, heading: 'compare.title', under: 'runs', roles: ['planner'], load: () => import('./views/compare/index.js') },
  { name: 'prices', title: 'prices.title', roles: ['planner'], load: () => import('./views/prices/index.js') },
  { name: 'requests', title: 'requests.title', roles: ['planner'], load: () => import('./views/requests/index.js') },
  { name: 'sla', title: 'sla.title', roles: ['client', 'planner'], load: () => import('./views/sla/index.js') },
  { name: 'evidence', title: null, heading: 'evidence.title', under: 'sla', roles: ['client', 'planner'], load: () => import('./views/evidence/index.js') },
  { name: 'agents', title: 'agents.title', roles: ['planner'], load: () => import('./views/agents/index.js') },
  { name: 'setup', title: 'setup.title', roles: ['planner'], load: () => import('./views/setup/index.js') },
  { name: 'my', title: 'my.title', roles: ['agent'], load: () => import('./views/my/index.js') },
];

function useView(view) {
  const [state, setState] = useState({});
  useEffect(() => {
    let current = true;
    view.load().then((module) => current && setState({ view, View: module.default }),
      () => current && setState({ view, error: new Problem(0, null) }));
    return () => { current = false; };
  }, [view]);
  return state.view === view ? state : {};
}

function Nav({ me, current }) {
  const own = views.filter((view) => view.title && view.roles.includes(me.role));
  return html`<nav aria-label=${t('app.pages')}>${own.map((view) => html`<a href=${href(view.name)}
    aria-current=${view.name === current.name || view.name === current.under ? 'page' : null}>${t(view.title)}</a>`)}</nav>`;
}

function News() {
  const [items, setItems] = useState([]);
  useEffect(() => {
    const hear = (item) => {
      setItems((was) => [...was.slice(-2), item]);
      setTimeout(() => setItems((was) => was.filter((one) => one !== item)), 8000);
    };
    news.listeners.add(hear);
    return () => news.listeners.delete(hear);
  }, []);
  return html`<div class="news" role="status" aria-live="polite">${items.map((one) => html`<p class=${one.kind} key=${one.at}>${one.text}</p>`)}</div>`;
}

function Shell({ me, leave }) {
  const at = useRoute();
  const main = useRef(null);
  const own = views.filter((view) => view.roles.includes(me.role));
  const view = own.find((one) => one.name === at.name) ?? own[0];
  const { View, error } = useView(view);
  useEffect(() => {
    document.title = `${t(view.title ?? view.heading)} · wfm`;
    main.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [view]);
  return html`<a class="skip" href="#main" onClick=${(event) => { event.preventDefault(); main.current.focus(); }}>${t('app.skip')}</a>
    <header class="top"><a class="brand" href="#/">wfm</a><${Nav} me=${me} current=${view} />
      <span class="who" title=${me.role}>${me.agent?.name ?? me.agent?.id ?? me.client ?? t(`app.role.${me.role}`)}</span>
      <select class="quiet" aria-label=${t('app.language')} onChange=${(event) => keepLanguage(event.target.value)}>
        ${languages.map(([tag, name]) => html`<option value=${tag} selected=${tag === language}>${name}</option>`)}</select>
      <button type="button" class="quiet" onClick=${() => leave(null)}>${t('app.signOut')}</button></header>
    <main id="main" ref=${main} tabindex="-1" class=${view.wide ? 'wide' : null}>
      ${error ? html`<${Fault} error=${error} again=${() => location.reload()} />` : View ? html`<${View} me=${me} at=${at} />` : html`<${Loading} />`}
    </main>`;
}

function App() {
  const [state, setState] = useState({});
  const leave = (message) => {
    token.drop();
    setState({ message });
  };
  const welcome = (me) => {
    setState({ me });
    if (me.role === 'agent') keepOffline().catch(() => {}); /* without it the page works as long as there is a network */
  };
  const enter = () => get('/v1/me').then(welcome, (error) => setState(error.status === 401 ? { message: t('app.refused') } : { error }));
  useEffect(() => {
    refused.hear = () => leave(t('app.refused'));
    if (token.get() !== null) enter();
  }, []);
  const sign = (text, remember) => {
    token.set(text, remember);
    return enter();
  };
  const page = state.me ? html`<${Shell} me=${state.me} leave=${leave} />`
    : state.error ? html`<main><${Fault} error=${state.error} again=${enter} /></main>`
      : token.get() !== null ? html`<main><${Loading} /></main>` : html`<${SignIn} message=${state.message} sign=${sign} />`;
  return html`${page}<${News} />`;
}

/* A link may sign in: http://…/#token=wfm_…; the token leaves the address bar and the history at once. */
function tokenOfLink() {
  const found = /^#token=([\w-]+)$/.exec(location.hash);
  if (!found) return;
  token.set(found[1], false);
  history.replaceState(null, '', location.pathname);
}

tokenOfLink();
window.addEventListener('hashchange', () => {
  if (!location.hash.startsWith('#token=')) return;
  tokenOfLink();
  location.reload();
});
chooseLanguage().then(() => render(html`<${App} />`, document.getElementById('app')));
