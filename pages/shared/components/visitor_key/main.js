// Keeps this browser's key in a cookie, which the server reads when a page is opened. Where there is one already (an
// earlier visit, another tab that was faster), the server is told that one instead.
const NAME = "cnnviz_visitor";
const SECONDS = 400 * 24 * 3600; // the longest that browsers keep a cookie

export default function ({ data, setStateValue }) {
  const kept = document.cookie
    .split("; ")
    .find(one => one.startsWith(`${NAME}=`))
    ?.slice(NAME.length + 1);
  if (kept && kept !== data.key) {
    setStateValue("key", kept);
    return;
  }
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${NAME}=${data.key}; path=/; max-age=${SECONDS}; SameSite=Strict${secure}`;
}
