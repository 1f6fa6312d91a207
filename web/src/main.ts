import "./app.css";

import { mount } from "svelte";

import App from "./App.svelte";
import { language } from "./state/language.svelte";

await language.start();
const target = document.getElementById("page");
if (target) mount(App, { target });
