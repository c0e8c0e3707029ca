/* The parts of ECharts that are used: whatever is not named here is not in the bundle. */
import { init, use } from 'echarts/core';
import { BarChart, CustomChart, HeatmapChart, LineChart } from 'echarts/charts';
import { DataZoomInsideComponent, DataZoomSliderComponent, GridComponent, LegendPlainComponent, MarkAreaComponent, TooltipComponent, VisualMapContinuousComponent } from 'echarts/components';
import { CanvasRenderer } from 'echarts/renderers';

use([BarChart, CustomChart, HeatmapChart, LineChart, CanvasRenderer, DataZoomInsideComponent, DataZoomSliderComponent,
  GridComponent, LegendPlainComponent, MarkAreaComponent, TooltipComponent, VisualMapContinuousComponent]);

export { init };
