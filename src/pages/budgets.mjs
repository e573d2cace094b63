// Bytes a page may cost a phone, compressed, in kB, before any map: the build fails over them.
const fonts = ['font_regular', 'font_semibold'];

export const budgets = [
  { page: '/', parts: ['report_html', 'public_css', 'report_js', ...fonts], limit: 85, each: { report_html: 10, public_css: 18, report_js: 16 } },
  { page: '/s', parts: ['status_html', 'public_css', 'status_js', ...fonts], limit: 75 },
  { page: '/live', parts: ['live_html', 'live_js', ...fonts], limit: 90, each: { live_css: 18, live_js: 14 } },
  { page: '/login', parts: ['login_html', 'public_css', 'login_js'], limit: 40 },
  { page: 'errors', parts: ['error_html', 'public_css'], limit: 40 },
  { page: '/desk', parts: ['desk_html', 'desk_css', 'desk_js', 'icons', ...fonts, 'font_mono'], limit: 260 },
  { page: '/crew', parts: ['crew_html', 'crew_css', 'crew_js', 'icons', ...fonts, 'font_mono'], limit: 150 },
  { page: 'map', parts: ['map_js', 'map_worker', 'map_css'], limit: 470 },
];
