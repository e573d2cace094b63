// Fetches the map when it is first wanted (about 450 kB): a promise of what map.js offers.
// A module script and an event, because import() would be a syntax error on old phones.
let loading = null;

export function loadMap() {
  if (loading) return loading;
  const { mapJs, mapCss } = document.documentElement.dataset;
  loading = new Promise((resolve, reject) => {
    const sheet = document.createElement('link');
    sheet.rel = 'stylesheet';
    sheet.href = mapCss;
    document.head.appendChild(sheet);
    addEventListener('pd-map', (event) => resolve(event.detail), { once: true });
    const script = document.createElement('script');
    script.type = 'module';
    script.src = mapJs;
    script.onerror = () => {
      loading = null;
      script.remove();
      reject(new Error('map not loaded'));
    };
    document.head.appendChild(script);
  });
  return loading;
}
