/* Spanish. One file per part of the pages. */
import agents from './agents.js';
import app from './app.js';
import my from './my.js';
import runs from './runs.js';

export default { ...agents, ...app, ...my, ...runs };
