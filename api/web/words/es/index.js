/* Spanish. One file per part of the pages. */
import agents from './agents.js';
import app from './app.js';
import evidence from './evidence.js';
import forecast from './forecast.js';
import gantt from './gantt.js';
import my from './my.js';
import requests from './requests.js';
import runs from './runs.js';
import setup from './setup.js';
import sla from './sla.js';
import week from './week.js';

export default { ...agents, ...app, ...evidence, ...forecast, ...gantt, ...my, ...requests, ...runs, ...setup, ...sla, ...week };
