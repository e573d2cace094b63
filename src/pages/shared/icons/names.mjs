// The icons of the desk and the crew, in one icons.svg: a subset of Bootstrap Italia's sprite and the seven of ours.
// Public pages do not load it: their templates carry the few they show.
const italia = `arrow-left arrow-right arrow-down arrow-up ban burger calendar camera car chart-line check check-circle chevron-left
chevron-right clip clock close close-circle comment copy delete download error exchange-circle expand external-link flag fullscreen funnel
help-circle hearing horn inbox info-circle key list lock logout mail map-marker map-marker-circle minus minus-circle more-actions more-items
note password-invisible password-visible pencil pin plug plus plus-circle print refresh restore rss search settings share
telephone tool unlocked user warning warning-circle wifi zoom-in zoom-out`;

const own = 'drop tap manhole meter subsidence bin tanker';

export const iconNames = [...italia.trim().split(/\s+/).map((n) => `it-${n}`), ...own.split(' ').map((n) => `pd-${n}`)];
