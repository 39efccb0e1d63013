// Before the first paint, so that a dark page does not flash white.
try {
  const theme = localStorage.getItem("gatehouse.theme");
  if (theme) document.documentElement.dataset.theme = theme;
} catch { /* storage is forbidden: the system's setting counts */ }
