/* ECharts, loaded when the first chart is drawn. Colours come from the style sheet, so that light and dark and print look right. Tooltips are
   drawn on the canvas: the ones in HTML carry style attributes, which our CSP refuses. */
import { html, useEffect, useRef } from './ui.js';

let library = null;
const load = () => (library ??= import('./echarts.js'));

export function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return Object.fromEntries(['back', 'text', 'soft', 'line', 'panel', 'accent', 'good', 'bad', 'need', 'staff', 'fill', 'under', 'over', 'even',
    'one', 'two', 'three', 'four', 'work', 'break', 'meal', 'training', 'meeting', 'off'].map((name) => [name, of(name)]));
}

/* A painting that goes over several frames would go on after its chart: an empty one takes its place first. */
function stop(chart) {
  chart?.clear();
  chart?.getZr().flush();
  chart?.dispose();
}

/* option: (colours) → an ECharts option; label: what a screen reader hears (the figures are in the table behind). events: {click: f, …}.
   onChart(chart) for drawing by hand on top of it. */
export function Chart({ option, label, height = 280, events = {}, onChart }) {
  const box = useRef(null);
  const chart = useRef(null);
  const latest = useRef(null);
  latest.current = { option, events };
  useEffect(() => {
    let gone = false;
    let observer;
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const draw = () => chart.current?.setOption(complete(latest.current.option), true);
    load().then(({ init }) => {
      if (gone || box.current === null) return;
      chart.current = init(box.current);
      for (const name of Object.keys(latest.current.events)) chart.current.on(name, (event) => latest.current.events[name]?.(event));
      draw();
      onChart?.(chart.current);
      observer = new ResizeObserver(() => chart.current.resize());
      observer.observe(box.current);
    });
    scheme.addEventListener('change', draw);
    return () => {
      gone = true;
      scheme.removeEventListener('change', draw);
      observer?.disconnect();
      stop(chart.current);
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(complete(option), true);
  }, [option]);
  return html`<div class="chart" ref=${box} role="img" aria-label=${label} style=${{ height: `${height}px` }}></div>`;
}

function complete(option) {
  const colour = colours();
  const made = option(colour);
  const axis = { axisLine: { lineStyle: { color: colour.line } }, axisLabel: { color: colour.soft }, splitLine: { lineStyle: { color: colour.line } } };
  const dressed = (one) => (Array.isArray(one) ? one.map(dressed) : one && { ...axis, ...one, axisLabel: { ...axis.axisLabel, ...one.axisLabel } });
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { color: colour.text, fontFamily: 'system-ui, sans-serif' },
    grid: { left: 56, right: 16, top: 32, bottom: 40 },
    ...made,
    legend: made.legend && { textStyle: { color: colour.text }, top: 0, ...made.legend },
    tooltip: made.tooltip && { renderMode: 'richText', confine: true, backgroundColor: colour.panel, borderColor: colour.line, textStyle: { color: colour.text }, ...made.tooltip },
    xAxis: dressed(made.xAxis),
    yAxis: dressed(made.yAxis),
  };
}
