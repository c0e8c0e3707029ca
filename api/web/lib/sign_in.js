/* Signing in with a token: for this tab, or kept on this device. */
import { Field, html, useState } from './ui.js';
import { t } from './words.js';

export function SignIn({ message, sign }) {
  const [busy, setBusy] = useState(false);
  const submit = async (event) => {
    event.preventDefault();
    const form = event.target;
    setBusy(true);
    await sign(form.elements.token.value.trim(), form.elements.remember.checked);
    setBusy(false);
  };
  return html`<main class="sign-in"><form onSubmit=${submit}>
    <h1>${t('signIn.title')}</h1>
    ${message && html`<p class="fault" role="alert">${message}</p>`}
    <${Field} label=${t('signIn.token')} hint=${t('signIn.hint')}>
      <input name="token" type="password" autocomplete="current-password" required autofocus spellcheck="false" pattern="\\s*wfm_[A-Za-z0-9_\\-]+\\s*" title=${t('signIn.form')} /><//>
    <label class="check"><input name="remember" type="checkbox" /> ${t('signIn.remember')}</label>
    <button class="main" disabled=${busy}>${t('signIn.title')}</button>
    <p class="soft">${t('signIn.where')} <code>wfm token create --role planner</code></p>
  </form></main>`;
}
