/** The page of `npm start`: each part hears of the stream what it shows. */
import "leaflet/dist/leaflet.css";
import "uplot/dist/uPlot.min.css";
import "./styles/frame.css";
import "./styles/controls.css";
import "./styles/map.css";
import "./styles/flow.css";
import "./styles/figures.css";
import "./styles/forms.css";
import "./styles/trace.css";
import { showCallForm } from "./call-form.ts";
import { showCharts } from "./charts.ts";
import { showClock, showConnection } from "./connection.ts";
import { byId } from "./element.ts";
import { showEnergy } from "./energy.ts";
import { showFaults } from "./faults.ts";
import { showFixes } from "./fixes.ts";
import { createFleet } from "./fleet.ts";
import { showFlow } from "./flow.ts";
import { createHistory } from "./history.ts";
import { showMap } from "./map.ts";
import { showSettingsForm } from "./settings-form.ts";
import { showStatus } from "./status.ts";
import { createStream } from "./stream.ts";
import { showToys } from "./toys.ts";
import { showTrace } from "./trace.ts";
import { showWorldForm } from "./world-form.ts";

const stream = createStream("/simulator/events");
// These hear it first: the others ask them.
const fleet = createFleet(stream);
const history = createHistory(stream);

showConnection(stream);
showClock(stream);
showWorldForm(stream);
showMap(history, fleet);
showFixes(history, fleet);
showCharts(stream, history, fleet);
showFlow(stream, fleet);
showStatus(stream, fleet);
showFaults(stream, fleet);
showToys(stream);
showEnergy(stream);
showCallForm(stream, fleet);
showSettingsForm(stream);
showTrace(stream);
stream.on("hello", ({ hints }) => {
  byId("hints", HTMLPreElement).textContent = hints.join("\n");
});
stream.open();
