export default {
  app: {
    pages: 'Pages', skip: 'Skip to the content', language: 'Language', signOut: 'Sign out',
    refused: 'The token is not valid any more. Sign in again; what you had not sent is not lost on the server.',
    role: { planner: 'Planner', client: 'Client', agent: 'Agent' },
  },
  signIn: {
    title: 'Sign in', token: 'Your token', hint: 'It begins with wfm_.', form: 'wfm_ and the characters after it',
    remember: 'Keep me signed in on this device', where: 'A planner makes tokens:',
  },
  ui: {
    loading: 'Loading', again: 'Try again', close: 'Close', asTable: 'As a table', request: 'Request {id}', showAll: 'Show all {n}',
    noAnswer: 'The service does not answer. Is it running, and are you connected? Nothing you have saved is lost.',
  },
};
