/*
 * Pages: a template, the texts of the reader's language and a context object become HTML.
 * Not here: what a page is about (public.c, live_page.c, desk.c …).
 *
 * Templates have no logic: everything they show is prepared text. They are written in a subset of
 * mustache ({{x}} escaped, {{{x}}}, {{#x}}…{{/x}}, {{^x}}…{{/x}}, {{>partial}}, {{! comment}}, dotted names) and lie
 * in <pages>/templates/<name>.html; {{>head}} is templates/head.html. A missing value is empty; an empty string,
 * 0, false, null and an empty list count as absent for sections. A CSP hash is made at start for each literal
 * <style>…</style> without tags inside; no inline script, no style= attributes.
 *
 * Files of <pages>: templates/ *.html · text.it.json, text.en.json (flat objects; become `t`) · assets.json (optional:
 * {"public_css":"/static/public-1a2b3c.css"}; becomes `asset`) · static/ (served under /static/, kept for ever by
 * browsers, so names carry a hash; x.gz beside x is sent to who accepts it) · favicon.svg, favicon.ico,
 * manifest.webmanifest, sw.js (served at the root, revalidated).
 *
 * Every page gets:
 *   t, asset, lang ("it"|"en"), lang_it, lang_en (true for the one in use), other_lang_href (this page in the other one),
 *   page ("report"…), is_report, is_status, is_code, is_live, is_login, is_desk, is_crew, is_error (true for one),
 *   title (for <title>, "Segnala un guasto · Acque Valdoro"), path, now ("14:02"), now_at (RFC 3339),
 *   utility {code,name,phone,phone_href,site} (the one the page speaks for), many_utilities,
 *   utilities [{code,name,phone,phone_href,site,selected,services[],municipalities[{name}]}], map (true where tiles are served)
 *
 * report (/): key (hidden field `key`), values {text,address,municipality,landmark,lat,lon,name,phone,email,utility},
 *   municipalities [{name,selected}], prefer {sms,email,phone,none} (one true), has_errors,
 *   errors [{field,label,text,href:"#text"}] (summary), err {text,municipality,address,prefer,phone,email,foto,utility,place} (beside
 *   the field; absent without error), photos [{name,size:"2,1 MB"}] kept from the last sending, photos_again (true: choose
 *   them again), notice {title,text} (503, 429: nothing was recorded). The inputs' ids equal their names: text, foto,
 *   municipality, address, landmark, lat, lon, prefer (ids prefer-sms…), phone, email, name, utility, key, website (honeypot), lang.
 * status (/s/{code}): code, code_spelled ("7 K Q 4 M, T 9 X W 2, H"), new (true with ?nuova=1), state, public_state, area, received {at,text:
 *   "oggi alle 15:05"}, updated {at,text:"15:21"}, class, class_label, rank (1…), rank1, rank2, rank3, unconfirmed (true: to be
 *   confirmed), promise {text:"La squadra arriva entro le 17:05 di oggi",left:"tra 1 h 43 min",due,kind,running,met,missed,
 *   result:"rispettato, 53 min prima"|"…"} (null: no_promise {text}), refer {to,reason,text}, why {row_text,section,quote,rule},
 *   has_targets, targets [{text,due,rule,source,source_text,section,quote,effective,running,met,missed,result}],
 *   steps [{name,label,at,time,done,current,todo,state_text,note}], eta {at,text:"arrivo previsto alle 15:48"}, advice, over (closed),
 *   disposition_text, refresh_s
 * code (/s/): value (as typed), error (text), what the code looks like is the template's
 * live (/live): fresh | stale | very_old (one true), age_text ("Dati fermi alle 13:40, 22 min fa"), updated {at,text:"14:02:10"}, seq,
 *   open [card], open_count, closed [card], closed_count, tabs [{label,count,href,selected}], filter {comune,via,utility},
 *   municipalities [{name,selected}], answer {text,yes,near,no,not_served,several,href,link_text,choices [{label,href}]} (null: not asked),
 *   card {id:"valdoro-sud-2026-00417",number,utility,icon,icon_<icon> (true),kind,area,state_code,state,since:"dalle 13:05",since_at,ago:"57 min fa",
 *   due:"Squadra attesa entro le 15:05",due_at,late (true),late_text,arrived:"Squadra sul posto dalle 14:12",estimate ("… (stima)" or
 *   "non ancora stimato"),reports_text:"3 segnalazioni",updated:"13:58",updated_at,closed (true),over_text,lat,lon,matched (true: answers via)}
 * login (/login): next, login, error (text), expired (true)
 * desk (/desk): user {id,name,login,role,role_label}, incidents [row] for readers without JavaScript: row {number,address,what,state,due,class,
 *   rank1,rank2,rank3,crews}, incidents_error (text)
 * crew (/crew): user, assignments [{id,what,address,due,class,state,next {action,label,href}}] for readers without JavaScript
 * error: status, heading, text, detail, reference ("14:02:11-3F"), next {href,label}, is_404, is_403, is_429, is_503, is_500, code (typed report code)
 */
