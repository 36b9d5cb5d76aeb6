// What components keep on the window, beyond one page of the app.
interface Window {
  __cnnvizHistory?: boolean;
  __cnnvizMarkup?: boolean;
  __cnnvizTerms?: { terms: any[]; find: RegExp; names: Map<string, any> };
  __cnnvizPresent?: boolean;
  __cnnvizSteps?: boolean;
  __cnnvizStage?: boolean;
  __cnnviz?: Map<string, any>;
  __cnnvizPlaces?: Record<string, HTMLElement>;
}
