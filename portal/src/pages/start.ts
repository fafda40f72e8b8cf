import "./page.css";
import { applyTheme, preferences } from "../ui/preferences";

applyTheme(preferences().theme);
