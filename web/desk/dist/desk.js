var n;
var t$1;
var u$2;
var i$1;
var f$2;
var o$2;
var e$1;
var l$1;
var c$1;
var a$2;
var h$1 = Symbol.for("pv");
var p$1 = {};
var y$1 = [];
var v$1 = /^m(i|n|o|s|text|space)$/;
var w$1 = Array.isArray;
var d$1 = y$1.slice;
var _$1 = Object.assign;
function g$1(n) {
	n && n.parentNode && n.remove();
}
function m$1(r, u, i, f, o) {
	var e = {
		type: r,
		props: u,
		key: i,
		ref: f,
		__k: null,
		__: null,
		__b: 0,
		__e: null,
		__c: null,
		constructor: h$1,
		__v: o || ++t$1,
		__i: -1,
		__u: 0
	};
	return !o && n.vnode && n.vnode(e), e;
}
function $(n) {
	return n.children;
}
function x(n, t) {
	this.props = n, this.context = t, this.__g = 0;
}
function S(n, t) {
	if (null == t) return n.__ && S(n.__, n.__i + 1);
	for (var r; t < n.__k.length; t++) if ((r = n.__k[t]) && r.__e) return r.__e;
	return "function" != typeof n.type || n.props.__P ? null : S(n);
}
function C$1(t) {
	var r, u = t.__v, i = u.__e, f = [], o = [], e = t.__P;
	e && ((r = _$1({ constructor: h$1 }, u)).__v = u.__v + 1, n.vnode && n.vnode(r), z$1(e, r, u, t.__n, e.namespaceURI, 32 & u.__u ? [i] : null, f, i || S(u), 32 & u.__u, o), r.__v = u.__v, r.__.__k[r.__i] = r, E$1(f, r, o), u.__ = u.__e = null, r.__e != i && j(r));
}
function j(n) {
	if ((n = n.__) && n.__c && !n.props.__P) return n.__e = null, n.__k.some(function(t) {
		return t && (n.__e = t.__e);
	}), j(n);
}
function L(t) {
	(8 & t.__g || (t.__g |= 8, u$2.push(t), f$2++)) && i$1 == n.debounceRendering || ((i$1 = n.debounceRendering) || queueMicrotask)(H);
}
function H() {
	try {
		for (var n, t = 1; u$2.length;) u$2.length > t && u$2.sort(o$2), n = u$2.shift(), t = u$2.length, 8 & n.__g && C$1(n);
	} finally {
		(f$2 = u$2.length) && (i$1 || queueMicrotask)(H);
	}
}
function I(n, t, r, u, i, f, o, e, l, c, a) {
	var s, h, v, w, d, _, g = u.__k || y$1, k = t.length;
	for (l = q(r, t, g, l, k), s = 0; s < k; s++) null != (v = r.__k[s]) && (h = ~v.__i && g[v.__i] || p$1, v.__i = s, _ = z$1(n, v, h, i, f, o, e, l, c, a), w = v.__e, (h.ref != v.ref || 8 & h.__u) && (h.ref && G$1(h.ref, null, v, h), v.ref && a.push(v.ref, v.__c || w, v)), d = d || w, 4 & v.__u ? (l = A$1(v, l, n, !h.__v), h.__e && (h.__e = null)) : "function" == typeof v.type && void 0 !== _ ? l = _ : w && (l = w.nextSibling), v.__u &= -21);
	return r.__e = d, l;
}
function q(n, t, r, u, i) {
	var f, o, e, l, c, a, s, p, y, v = r.length, d = v, _ = 0, g = 0, k = n.__k = Array(i);
	for (f = 0; f < i; f++) null != (o = t[f]) && "boolean" != typeof o && "function" != typeof o ? ("object" != typeof o || o.constructor === String ? o = k[f] = m$1(null, o) : w$1(o) ? o = k[f] = m$1($, { children: o }) : o.constructor === h$1 && o.__b ? o = k[f] = m$1(o.type, o.props, o.key, o.ref, o.__v) : k[f] = o, l = f + _, o.__ = n, o.__b = n.__b + 1, e = null, ~(c = o.__i = P(o, r, l, d)) && (d--, (e = r[c]) && (e.__u |= 2)), e && e.__v ? (o.__u |= 16, c == l - 1 ? _-- : c == l + 1 ? _++ : c != l && (c > l ? _-- : _++, g = 1)) : (~c || (i > v ? _-- : i < v && _++), "function" != typeof o.type && (o.__u |= 4))) : k[f] = null;
	if (g) {
		for (a = [], s = [], f = 0; f < i; f++) if ((o = k[f]) && 16 & o.__u) {
			for (_ = 0, p = a.length; _ < p;) a[y = _ + p >> 1] < o.__i ? _ = y + 1 : p = y;
			a[_] = o.__i, s[f] = _ + 1;
		}
		for (_ = a.length; f--;) s[f] && (s[f] == _ ? _-- : k[f].__u |= 4);
	}
	if (d) for (f = 0; f < v; f++) !(e = r[f]) || 2 & e.__u || (e.__e == u && (u = S(e)), J(e, e));
	return u;
}
function A$1(n, t, r, u) {
	var i, f, o, e;
	if ("function" == typeof n.type) {
		if (n.props.__P) return t;
		if (i = n.__k) for (f = 0; f < i.length; f++) i[f] && (i[f].__ = n, t = A$1(i[f], t, r, !1));
		return t;
	}
	for (t && !t.parentNode && (t = S(n)) && !t.parentNode && (t = null), o = n.__e, e = t; e && 8 == e.nodeType;) e = e.nextSibling;
	for (o != e && (!u && r.moveBefore && o.parentNode ? r.moveBefore(o, t) : r.insertBefore(o, t || null)), t = o; (t = t && t.nextSibling) && 8 == t.nodeType && !t.data.startsWith("$s"););
	return t;
}
function P(n, t, r, u) {
	var i, f = n.key, o = n.type, e = t[r], l = e && !(2 & e.__u);
	if (null === e && null == f || l && f == e.key && o == e.type) return r;
	if (u > (l ? 1 : 0)) {
		for (i = r - 1; i >= 0; i--) if ((e = t[i]) && !(2 & e.__u) && f == e.key && o == e.type) return i;
		for (i = r + 1; i < t.length; i++) if ((e = t[i]) && !(2 & e.__u) && f == e.key && o == e.type) return i;
	}
	return -1;
}
function T$1(n, t, r) {
	r ??= "", "-" == t[0] ? n.setProperty(t, r) : n[t] = r;
}
function N(n, t, r, u, i) {
	var f, o;
	if ("style" == t) if ("string" == typeof r) n.style.cssText = r;
	else {
		if ("string" == typeof u && (n.style.cssText = u = ""), u) for (t in u) r && t in r || T$1(n.style, t);
		if (r) for (t in r) u && r[t] == u[t] || T$1(n.style, t, r[t]);
	}
	else if ("o" == t[0] && "n" == t[1]) "function" != typeof r && (r = null), "function" != typeof u && (u = null), (n.__e || (n.__e = {}))[t] = r, r && u || (o = a$2[t] || (a$2[t] = V(t)), (n.__a || (n.__a = {}))[t] = c$1, f = t != (t = t.replace(l$1, "$1")), (t = t.slice(2))[0] < "a" && (t = t.toLowerCase()), r ? n.addEventListener(t, o, f) : n.removeEventListener(t, o, f));
	else {
		if ("http://www.w3.org/2000/svg" == i) t = t.replace(/xlink(H|:h)/, "h").replace(/sName$/, "s");
		else if ("width" != t && "height" != t && "href" != t && "list" != t && "form" != t && "tabIndex" != t && "download" != t && "rowSpan" != t && "colSpan" != t && "role" != t && "popover" != t && t in n) try {
			n[t] = null == r ? "" : r;
			return;
		} catch (n) {}
		if ("function" == typeof r) return;
		null == r || !1 === r && "-" != t[4] ? n.removeAttribute(t) : n.setAttribute(t, "popover" == t && 1 == r ? "" : r);
	}
}
function V(t) {
	return function(r) {
		var u = this.__e;
		if (u) {
			if (u = u[t], null == r[e$1]) r[e$1] = c$1++;
			else if (r[e$1] < this.__a[t]) return;
			return u(n.event ? n.event(r) : r);
		}
	};
}
function z$1(t, r, u, i, f, o, e, l, c, a) {
	var s, p, v, d, k, b, m, M, C, j, L, H, q, A, O, P, T, N, V = r.type;
	if (r.constructor !== h$1) return null;
	128 & u.__u && (c = 32 & u.__u, s = u.__c.__z) && (r.__u |= c, p = o = [], 8 == s.nodeType ? l = B$1(s, o) : o.push(s), l = o[0] || l), (s = n.__b) && s(r);
	n: if ("function" == typeof V) {
		v = e.length;
		try {
			if (M = r.props, C = (s = V.prototype) && s.render, j = (s = V.contextType) && i[s.__c], L = s ? j ? j.props.value : s.__ : i, (d = u.__c) ? (r.__c = d, 2 & d.__g && (d.__g |= 1)) : (C ? r.__c = d = new V(M, L) : (r.__c = d = new x(M, L), d.constructor = V, d.render = K), j && j.sub(d), d.state || (d.state = {}), d.__n = i, d.__g |= 8, d.__h = [], d.__k = []), C && (d.__s || (d.__s = d.state), V.getDerivedStateFromProps && (d.__s == d.state && (d.__s = _$1({}, d.__s)), _$1(d.__s, V.getDerivedStateFromProps(M, d.__s)))), k = d.props, b = d.state, d.__v = r, u.__c) {
				if (M !== k && C && !V.getDerivedStateFromProps && d.componentWillReceiveProps && d.componentWillReceiveProps(M, L), r.__v == u.__v && !(8 & d.__g) || !(4 & d.__g) && d.shouldComponentUpdate && !1 === d.shouldComponentUpdate(M, d.__s, L)) {
					r.__v != u.__v && (d.props = M, d.state = d.__s, d.__g &= -9), r.__e = u.__e, r.__k = u.__k, r.__k.some(function(n) {
						n && (n.__ = r);
					}), y$1.push.apply(d.__h, d.__k), d.__k = [], d.__h.length && e.push(d), l = S(u);
					break n;
				}
				d.componentWillUpdate && d.componentWillUpdate(M, d.__s, L), C && d.componentDidUpdate && d.__h.push(function() {
					d.componentDidUpdate(k, b, m);
				});
			} else C && !V.getDerivedStateFromProps && d.componentWillMount && d.componentWillMount(), C && d.componentDidMount && d.__h.push(d.componentDidMount);
			d.context = L, d.props = M, d.__P = t, d.__g &= -5, H = n.__r, q = C ? 25 : 0;
			do
				d.__g &= -9, H && H(r), s = d.render(d.props, d.state = d.__s, d.context);
			while (8 & d.__g && ++q < 25);
			C && (y$1.push.apply(d.__h, d.__k), d.__k = []), d.state = d.__s, d.getChildContext && (i = _$1({}, i, d.getChildContext())), C && u.__c && d.getSnapshotBeforeUpdate && (m = d.getSnapshotBeforeUpdate(k, b)), A = s && s.type === $ && null == s.key ? s.props.children : s, M.__P && (s = l, f = (t = M.__P).namespaceURI, c = o = null, u.props && u.props.__P != t && (u.__k.some(function(n) {
				n && J(n, n);
			}), u.__k = null), l = u.__k ? S(u, 0) : null), l = I(t, w$1(A) ? A : [A], r, u, i, f, o, e, l, c, a), M.__P && (r.__e = null, l = s), r.__u &= -161, p && p.some(g$1), d.__h.length && e.push(d), 1 & d.__g && (d.__g &= -4);
		} catch (t) {
			if (e.length = v, r.__v = null, c || o) if (t && t.then) {
				if (r.__u |= 128 | c, o) {
					for (~(T = o.indexOf(l || void 0)) || (T = o.length); (N = o[T - 1]) && 8 == N.nodeType;) T--;
					for (; T < o.length; T++) if (N = o[T]) if (o[T] = null, O) {
						if (N == P) break;
					} else {
						if (8 != N.nodeType) break;
						N.data.startsWith("$s") && (P = B$1(O = N));
					}
				}
				if (!O) {
					for (; l && 8 == l.nodeType && l.nextSibling;) l = l.nextSibling;
					O = l;
				}
				(s = B$1(O = r.__c.__z || (r.__c.__z = O))) ? (r.__e = O, l = s) : r.__e = l, l = l && l.nextSibling;
			} else o && o.some(g$1);
			else r.__e = u.__e;
			r.__k || (r.__k = u.__k || []), t && t.then || D$1(r), n.__e(t, r, u);
		}
	} else l = r.__e = F(u.__e, r, u, i, f, o, e, c, a, t);
	return (s = n.diffed) && s(r), l;
}
function B$1(n, t) {
	if (n && 8 == n.nodeType && n.data.startsWith("$s")) for (var r = 1; n = n.nextSibling;) {
		if (8 == n.nodeType) {
			if (n.data.startsWith("$s")) r++;
			else if (n.data.startsWith("/$s") && !--r) return n;
		}
		t && t.push(n);
	}
}
function D$1(n) {
	n && (n.__c && (n.__c.__g |= 4), n.__k && n.__k.some(D$1));
}
function E$1(t, r, u) {
	for (var i = 0; i < u.length;) G$1(u[i++], u[i++], u[i++]);
	n.__c && n.__c(r, t), t.some(function(r) {
		try {
			t = r.__h, r.__h = [], t.some(function(n) {
				n.call(r);
			});
		} catch (t) {
			n.__e(t, r.__v);
		}
	});
}
function F(t, r, u, i, f, o, e, l, c, a) {
	var s, h, y, _, k, b, m, M, $ = u.props || p$1, x = r.props, C = r.type;
	if ("svg" == C ? f = "http://www.w3.org/2000/svg" : "math" == C ? f = "http://www.w3.org/1998/Math/MathML" : f || (f = "http://www.w3.org/1999/xhtml"), o) {
		for (s = 0; s < o.length; s++) if ((k = o[s]) && (C ? k.localName == C : 3 == k.nodeType)) {
			t = k, o[s] = null;
			break;
		}
	}
	if (!t) {
		if (M = a.ownerDocument || document, !C) return M.createTextNode(x);
		t = M.createElementNS(f, C, x.is ? x : a), l && (n.__m && n.__m(r, o), l = !1), o = null;
	}
	if (C) {
		if (a = "template" == C && t.content || t, o = "textarea" == C && null != x.defaultValue ? null : o && d$1.call(a.childNodes), !l && o) for ($ = {}, s = 0; s < t.attributes.length; s++) $[(k = t.attributes[s]).name] = k.value;
		for (s in $) k = $[s], "dangerouslySetInnerHTML" == s ? y = k : "children" == s || s in x || "value" == s && "defaultValue" in x || "checked" == s && "defaultChecked" in x || N(t, s, null, k, f);
		for (s in x) k = x[s], "children" == s ? _ = k : "dangerouslySetInnerHTML" == s ? h = k : "value" == s ? b = k : "checked" == s ? m = k : l && "function" != typeof k || $[s] === k || N(t, s, k, $[s], f);
		h ? (l || y && (h.__html == y.__html || h.__html == t.innerHTML) || (t.innerHTML = h.__html), r.__k = []) : (y && (t.textContent = ""), ("foreignObject" == C || "http://www.w3.org/1998/Math/MathML" == f && v$1.test(C)) && (f = "http://www.w3.org/1999/xhtml"), I(a, w$1(_) ? _ : [_], r, u, i, f, o, e, o ? o[0] : u.__k && S(u, 0), l, c), o && o.some(g$1)), l && "textarea" != C || (s = "value", "progress" == C && null == b ? t.removeAttribute(s) : null == b || b === t[s] && ("progress" != C || b) || N(t, s, b, $[s], f), s = "checked", null != m && m != t[s] && N(t, s, m, $[s], f));
	} else $ === x || l && t.data == x || (t.data = x);
	return t;
}
function G$1(t, r, u, i) {
	try {
		"function" == typeof t ? r ? r.__x = t(r) || 1 : i && (i = i.__c || i.__e) && (r = i.__x) && (i.__x = null, "function" == typeof r ? r() : t(null)) : t.current = r;
	} catch (t) {
		n.__e(t, u);
	}
}
function J(t, r, u) {
	var i, f, o, e;
	if (n.unmount && n.unmount(t), !(i = t.ref) || i.current && i.current != t.__e || G$1(i, null, r, t), i = t.__c) {
		if (i.componentWillUnmount) try {
			i.componentWillUnmount();
		} catch (t) {
			n.__e(t, r);
		}
		i.__P = i.__n = null;
	}
	if (i = t.__k) for (e = 0; e < i.length; e++) i[e] && J(i[e], r, "function" != typeof t.type || u && !t.props.__P);
	!u && (i = t.__c) && (i = i.__z) && (f = B$1(i, o = [])) && (i == t.__e && o.some(g$1), g$1(f), g$1(i)), u || g$1(t.__e), t.__e = t.__c = t.__ = null;
}
function K(n, t, r) {
	return this.constructor(n, r);
}
function Q(t, r) {
	var u, i, f, o;
	n.__ && n.__(t, r), 9 == r.nodeType && (r = r.documentElement), i = (u = t && 32 & t.__u) ? null : r.__k, r.__k = m$1($, { children: [t] }), f = [], o = [], z$1(r, r.__k, i || p$1, p$1, r.namespaceURI, i ? null : r.firstChild ? d$1.call(r.childNodes) : null, f, i ? i.__e : r.firstChild, u, o), E$1(f, r.__k, o), r.__k.props.children = null;
}
n = { __e: function(n, t, r, u) {
	for (var i, o, e; t = t.__;) if ((i = t.__c) && !(1 & i.__g)) {
		i.__g |= 4;
		try {
			if ((e = (o = i.constructor) && o.getDerivedStateFromError) && i.setState(o.getDerivedStateFromError(n)), i.componentDidCatch && (i.componentDidCatch(n, u || {}), e = 1), e && 8 & i.__g) return void (i.__g |= 2);
		} catch (t) {
			n = t;
		}
	}
	throw f$2 = 0, n;
} }, t$1 = 0, x.prototype.setState = function(n, t) {
	var r = this.__s;
	r && r != this.state || (r = this.__s = _$1({}, this.state)), "function" == typeof n && (n = n(_$1({}, r), this.props)), n && (_$1(r, n), this.__v && (t && this.__k.push(t), L(this)));
}, x.prototype.forceUpdate = function(n) {
	this.__v && (this.__g |= 4, n && this.__h.push(n), L(this));
}, x.prototype.render = $, u$2 = [], f$2 = 0, o$2 = function(n, t) {
	return n.__v.__b - t.__v.__b;
}, e$1 = Symbol(), l$1 = /(PointerCapture)$|Capture$/i, c$1 = 0, a$2 = {};
var encoder = new TextEncoder();
var utf8 = (text) => encoder.encode(text);
var hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
var concat = (...parts) => {
	const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
};
/** RFC 4648 §4, padded: as in envelopes. */
var base64 = (bytes) => btoa(String.fromCharCode(...bytes));
/** RFC 4648 §5, unpadded: as in fragments and passkeys. */
var base64url = (bytes) => base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
/**
* The bytes of a base64url text in its one strict form.
* @throws Error
*/
var fromBase64url = (text) => {
	if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw new Error("not base64url");
	const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
	const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
	if (base64url(bytes) !== text) throw new Error("not base64url");
	return bytes;
};
var payloadType = (kind) => `application/vnd.foobot.${kind}.v2+json`;
/** SHA-256 of the DSSE pre-authentication encoding: what a signature over these bytes covers. */
var digestOf = (kind, body) => {
	const type = payloadType(kind);
	return sha256(concat(utf8(`DSSEv1 ${utf8(type).length} ${type} ${body.length} `), body));
};
var sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
/** Eight hex digits that tell requests apart, as `7F3A-92C1`. They prove nothing. */
var codeOf = (digest) => {
	const start = hex(digest).slice(0, 8).toUpperCase();
	return `${start.slice(0, 4)}-${start.slice(4)}`;
};
/** Objects and lists in each other, at most. */
var deepest = 16;
/** White space, then one mark, text, integer or word. Each alternative begins in its own way: nothing is tried twice. */
var tokens = /[ \t\n\r]*(?:([{}[\]:,])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9][0-9]*))(?![0-9.eE])|(true|false)|$)/y;
/**
* Reads exact bytes as JSON, in the strict profile of everything that is signed: UTF-8 without a mark, no duplicate keys,
* no `null`, integers only, no lone surrogates, depth at most 16, nothing behind it.
* @throws Error that says what is wrong
*/
var readJson = (bytes) => {
	const reader = new Reader(new TextDecoder("utf-8", {
		fatal: true,
		ignoreBOM: true
	}).decode(bytes));
	const value = reader.value(reader.next(), 1);
	if (reader.next().form !== "end") throw new Error("something stands behind the value");
	return value;
};
var Reader = class {
	#text;
	#at = 0;
	constructor(text) {
		this.#text = text;
	}
	next() {
		tokens.lastIndex = this.#at;
		const match = tokens.exec(this.#text);
		if (!match) throw new Error(`not the strict JSON that is signed, at character ${this.#at}`);
		this.#at = tokens.lastIndex;
		const [, mark, string, integer, word] = match;
		if (mark !== void 0) return {
			form: "mark",
			mark
		};
		if (string !== void 0) return {
			form: "value",
			value: wellFormed(JSON.parse(string))
		};
		if (integer !== void 0) return {
			form: "value",
			value: exact(integer)
		};
		return word === void 0 ? { form: "end" } : {
			form: "value",
			value: word === "true"
		};
	}
	value(token, depth) {
		if (token.form === "value") return token.value;
		if (token.form === "end" || token.mark !== "{" && token.mark !== "[") throw new Error("a value is missing");
		if (depth > deepest) throw new Error("too deep");
		return token.mark === "{" ? this.#object(depth) : this.#list(depth);
	}
	#object(depth) {
		const members = /* @__PURE__ */ new Map();
		let token = this.next();
		if (isMark(token, "}")) return {};
		for (;;) {
			const key = token.form === "value" ? token.value : void 0;
			if (typeof key !== "string") throw new Error("a key is missing");
			if (key === "__proto__" || members.has(key)) throw new Error(`the key ${key} twice, or one that may not be`);
			if (!isMark(this.next(), ":")) throw new Error("\":\" is missing");
			members.set(key, this.value(this.next(), depth + 1));
			const after = this.next();
			if (isMark(after, "}")) return Object.fromEntries(members);
			if (!isMark(after, ",")) throw new Error("\",\" is missing");
			token = this.next();
		}
	}
	#list(depth) {
		const items = [];
		let token = this.next();
		if (isMark(token, "]")) return items;
		for (;;) {
			items.push(this.value(token, depth + 1));
			const after = this.next();
			if (isMark(after, "]")) return items;
			if (!isMark(after, ",")) throw new Error("\",\" is missing");
			token = this.next();
		}
	}
};
var isMark = (token, mark) => token.form === "mark" && token.mark === mark;
var wellFormed = (text) => {
	if (!text.isWellFormed()) throw new Error("half a character");
	return text;
};
var exact = (digits) => {
	const value = Number(digits);
	if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new Error(`${digits} is no exact integer`);
	return value;
};
var tiers = [
	"open",
	"member",
	"sensitive",
	"dangerous",
	"critical"
];
/**
* Reads a statement's exact bytes. What is not exactly a statement is not shown at all: half of one could mislead.
* @throws Error that says what is wrong
*/
var readStatement = (bytes) => {
	if (bytes.length > 8192) throw new Error("more than 8 KiB");
	const whole = new Fields("the statement", readJson(bytes));
	const resource = new Fields("resource", whole.take("resource"));
	const via = new Fields("via", whole.take("via"));
	const statement = {
		v: whole.one("v", [2]),
		id: whole.text("id", 32, /^[0-9a-f]{32}$/),
		deployment: whole.text("deployment", 128),
		bundle: whole.integer("bundle", 1),
		runner: whole.text("runner", 128),
		command: whole.text("command", 256),
		definition: whole.text("definition", 64, /^[0-9a-f]{64}$/),
		tier: whole.one("tier", tiers),
		text: whole.text("text", 4096),
		resource: {
			type: resource.text("type", 64, /^[A-Z][A-Za-z0-9]*$/),
			id: resource.text("id", 512),
			...resource.optional("owner", 128),
			facts: factsOf(resource.take("facts"))
		},
		...whole.optional("requester", 128),
		...whole.optional("agent", 128),
		via: {
			platform: via.text("platform", 128),
			tenant: via.text("tenant", 128),
			account: via.text("account", 128),
			...via.optional("room", 128),
			message: via.text("message", 256)
		},
		iat: whole.integer("iat", 0),
		exp: whole.integer("exp", 0)
	};
	for (const fields of [
		whole,
		resource,
		via
	]) fields.end();
	return statement;
};
var factsOf = (value) => {
	if (!isObject(value)) throw new Error("facts are missing");
	const facts = Object.entries(value);
	if (facts.length > 32) throw new Error("more than 32 facts");
	for (const [name, fact] of facts) {
		if (!/^[a-z][A-Za-z0-9]{0,63}$/.test(name)) throw new Error(`the fact ${name} has no proper name`);
		if (!isFact(fact)) throw new Error(`the fact ${name} is not flat`);
	}
	if (utf8(JSON.stringify(value)).length > 4096) throw new Error("more than 4 KiB of facts");
	return value;
};
var isFact = (value) => Array.isArray(value) ? value.every((item) => typeof item === "string") : typeof value !== "object";
var isObject = (value) => typeof value === "object" && !Array.isArray(value);
/** An object's fields, taken one by one: what nobody takes is unknown. */
var Fields = class {
	#name;
	#left;
	constructor(name, value) {
		if (!isObject(value)) throw new Error(`${name} is no object`);
		this.#name = name;
		this.#left = new Map(Object.entries(value));
	}
	take(name) {
		const value = this.#left.get(name);
		this.#left.delete(name);
		return value;
	}
	text(name, most, form = /./s) {
		const value = this.take(name);
		if (typeof value === "string" && value.length <= most && form.test(value)) return value;
		throw new Error(`${this.#name} has no proper ${name}`);
	}
	optional(name, most) {
		return this.#left.has(name) ? { [name]: this.text(name, most) } : {};
	}
	integer(name, least) {
		const value = this.take(name);
		if (typeof value === "number" && value >= least) return value;
		throw new Error(`${this.#name} has no proper ${name}`);
	}
	one(name, values) {
		const value = this.take(name);
		const known = values.find((one) => one === value);
		if (known === void 0) throw new Error(`${this.#name} has no proper ${name}`);
		return known;
	}
	end() {
		const [unknown] = this.#left.keys();
		if (unknown !== void 0) throw new Error(`${this.#name} has an unknown field ${unknown}`);
	}
};
/**
* Reads a link's fragment, as README.md defines it. Nothing in it is believed: what it says is shown, and what is
* signed is worked out from the statement's own bytes.
* @param fragment without its `#`
* @throws Error that says what is wrong
*/
var readFragment = async (fragment) => {
	if (fragment === "") return { kind: "nothing" };
	const fields = fieldsOf(fragment);
	const errand = fields.has("key-add") ? keyOf(fields) : await consentOf(fields);
	const [unknown] = fields.keys();
	if (unknown !== void 0) throw new Error(`the link says ${unknown}, which means nothing here`);
	return errand;
};
var consentOf = async (fields) => {
	const bytes = fromBase64url(take(fields, "consent"));
	const statement = readStatement(bytes);
	const role = roleOf(fields);
	refuseOddRoles(statement, role);
	const server = originOf(take(fields, "server"));
	return {
		kind: "consent",
		asked: {
			statement,
			bytes
		},
		code: codeOf(await digestOf("statement", bytes)),
		role,
		server
	};
};
var keyOf = (fields) => {
	const secret = fromBase64url(take(fields, "key-add"));
	if (secret.length !== 16) throw new Error("the secret of the link does not have 16 bytes");
	return {
		kind: "key",
		owner: {
			deployment: nameIn(fields, "deployment"),
			person: nameIn(fields, "person")
		},
		secret
	};
};
var roleOf = (fields) => {
	const person = nameIn(fields, "person");
	const as = take(fields, "as");
	if (as === "requester") return {
		person,
		as
	};
	if (as === "approver") return {
		person,
		as,
		group: nameIn(fields, "group")
	};
	throw new Error("the link does not say as whom to sign");
};
/** A yes that could never count is not asked for. */
var refuseOddRoles = ({ requester }, { person, as }) => {
	if (as === "approver" && person === requester) throw new Error(`${person} asked for this: somebody else has to approve it`);
	if (as === "requester" && person !== requester) throw new Error(`the link is for ${person} as who asked, and ${requester ?? "no person"} asked`);
};
var fieldsOf = (fragment) => {
	const fields = /* @__PURE__ */ new Map();
	for (const [name, value] of new URLSearchParams(fragment)) {
		if (fields.has(name)) throw new Error(`the link says ${name} twice`);
		fields.set(name, value);
	}
	return fields;
};
var take = (fields, name) => {
	const value = fields.get(name);
	if (!value) throw new Error(`the link does not say ${name}`);
	fields.delete(name);
	return value;
};
/** People, groups and deployments have plain names, so that none can look like another. */
var nameIn = (fields, name) => {
	const value = take(fields, name);
	if (!/^[A-Za-z][A-Za-z0-9._-]{0,63}$/.test(value)) throw new Error(`the link has no proper ${name}`);
	return value;
};
var originOf = (text) => {
	const url = URL.parse(text);
	if (!url || !/^https?:$/.test(url.protocol) || url.origin !== text) throw new Error("the link has no proper server");
	return text;
};
var envelopeOf = (kind, body, sig) => ({
	payloadType: payloadType(kind),
	payload: base64(body),
	signatures: [{
		keyid: "",
		sig: base64(sig)
	}]
});
/** COSE numbers of ES256 and EdDSA: the two that Foobot takes. */
var algorithms = [-7, -8];
/** Milliseconds that somebody may take to touch a key. */
var patience$1 = 12e4;
/** Why there is no signature, in words for who sits here. */
var NotSigned = class extends Error {};
/**
* Has a passkey of this page sign an object: the challenge is the digest of its very bytes.
* @param id of the one passkey that must do it; without, its owner chooses
* @throws NotSigned
*/
var signWithPasskey = async (kind, body, id) => {
	const challenge = await digestOf(kind, body);
	const credential = await asked(() => navigator.credentials.get({ publicKey: {
		challenge,
		rpId: location.hostname,
		userVerification: "required",
		timeout: patience$1,
		...id && { allowCredentials: [{
			type: "public-key",
			id
		}] }
	} }));
	if (!(credential.response instanceof AuthenticatorAssertionResponse)) throw new NotSigned("No signature came back.");
	const { authenticatorData, clientDataJSON, signature } = credential.response;
	const assertion = {
		authenticatorData: text(authenticatorData),
		clientDataJSON: text(clientDataJSON),
		signature: text(signature)
	};
	return envelopeOf(kind, body, utf8(JSON.stringify(assertion)));
};
/**
* Makes a passkey that lives on this device or security key, and whose owner it recognises.
* @throws NotSigned
*/
var makePasskey = async ({ deployment, person }) => {
	const credential = await asked(() => navigator.credentials.create({ publicKey: {
		rp: {
			id: location.hostname,
			name: `Foobot desk of ${deployment}`
		},
		user: {
			id: crypto.getRandomValues(/* @__PURE__ */ new Uint8Array(32)),
			name: `${person}@${deployment}`,
			displayName: person
		},
		challenge: crypto.getRandomValues(/* @__PURE__ */ new Uint8Array(32)),
		pubKeyCredParams: algorithms.map((alg) => ({
			type: "public-key",
			alg
		})),
		authenticatorSelection: {
			residentKey: "required",
			userVerification: "required"
		},
		attestation: "none",
		timeout: patience$1
	} }));
	const spki = credential.response instanceof AuthenticatorAttestationResponse ? credential.response.getPublicKey() : null;
	if (!spki) throw new NotSigned("This device makes no passkey of a form that Foobot takes. Try another one.");
	return {
		id: new Uint8Array(credential.rawId),
		key: `webauthn ${base64(new Uint8Array(spki))}`
	};
};
/** Whether passkeys work on this page at all. */
var passkeysWork = () => window.isSecureContext && "PublicKeyCredential" in window;
var asked = async (ask) => {
	const credential = await ask().catch((error) => {
		throw new NotSigned(sentenceOf$1(error));
	});
	if (!(credential instanceof PublicKeyCredential)) throw new NotSigned("No passkey answered.");
	return credential;
};
var sentenceOf$1 = (error) => {
	const name = error instanceof DOMException ? error.name : "";
	if (name === "NotAllowedError") return "No passkey was used. Nothing was signed.";
	if (name === "SecurityError") return "Passkeys do not work at this address. Nothing was signed.";
	return `The passkey could not be used (${error instanceof Error ? error.message : String(error)}). Nothing was signed.`;
};
var text = (buffer) => base64url(new Uint8Array(buffer));
var t;
var r;
var u$1;
var i;
var o$1 = Object.is;
var f$1 = 0;
var c = [];
var e = [];
var a$1 = n;
var v = a$1.__b;
var l = a$1.__r;
var m = a$1.diffed;
var h = a$1.__c;
var s = a$1.unmount;
var p = a$1.__;
function y(n, t) {
	a$1.__h && a$1.__h(r, n, f$1 || t), f$1 = 0;
	var u = r.__H || (r.__H = {
		__: [],
		__h: []
	});
	return n >= u.__.length && u.__.push({}), u.__[n];
}
function d(n) {
	return f$1 = 1, _(G, n);
}
function _(n, u, i) {
	var f = y(t++, 2);
	if (f.t = n, !f.__c && (f.__ = [i ? i(u) : G(void 0, u), function(n) {
		var t = (f.__N || f.__)[0], r = f.t(t, n);
		o$1(t, r) || (f.__N = [r, f.__[1]], f.__c.setState({}));
	}], f.__c = r, !r.__f)) {
		r.__f = !0;
		var c = r.shouldComponentUpdate;
		r.shouldComponentUpdate = function(n, t, r) {
			var u = this.__H;
			if (!u) return !0;
			var i = !1, f = this.props != n;
			if (u.__.some(function(n) {
				n.__N && (i = !0, o$1(n.__[0], n.__N[0]) || (f = !0));
			}), c) {
				var e = c.call(this, n, t, r);
				return i ? e || f : e;
			}
			return !i || f;
		};
	}
	return f.__;
}
function A(n, u) {
	var i = y(t++, 3);
	!a$1.__s && E(i.__H, u) && (i.__P = !0, i.__ = n, i.u = u, r.__H.__h.push(i));
}
function T(n) {
	return f$1 = 5, w(function() {
		return { current: n };
	}, []);
}
function w(n, r) {
	var u = y(t++, 7);
	return E(u.__H, r) && (u.__ = n(), u.__H = r), u.__;
}
function g() {
	var n;
	do {
		for (; n = e.shift();) try {
			C(n);
		} catch (t) {
			a$1.__e(t, { __: (n = n.__P) && n.__v });
		}
		for (; n = c.shift();) {
			var t = n.__H;
			if (n.__P && t) try {
				t.__h.some(C), t.__h.some(D), t.__h = [];
			} catch (r) {
				t.__h = [], a$1.__e(r, n.__v);
			}
		}
	} while (e.length);
}
a$1.__b = function(n) {
	r = null, v && v(n);
}, a$1.__ = function(n, t) {
	n && t.__k && t.__k.__m && (n.__m = t.__k.__m), p && p(n, t);
}, a$1.__r = function(n) {
	l && l(n), t = 0;
	var i = (r = n.__c).__H;
	i && (u$1 == r ? r.__h = [] : (i.__h.some(C), i.__h.some(D), t = 0), i.__h = [], i.__.some(function(n) {
		n.__N && (n.__ = n.__N), n.u = n.__N = void 0;
	})), u$1 = r;
}, a$1.diffed = function(n) {
	m && m(n);
	var t = n.__c;
	t && t.__H && (t.__H.__h.length && B(c.push(t)), t.__H.__.some(function(n) {
		n.u && (n.__H = n.u);
	})), u$1 = r = null;
}, a$1.__c = function(n, t) {
	t.some(function(n) {
		try {
			n.__h.some(C), n.__h = n.__h.filter(function(n) {
				return !n.__ || D(n);
			});
		} catch (t) {
			n.__h = [function() {
				throw t;
			}];
		}
	}), h && h(n, t);
}, a$1.unmount = function(n) {
	s && s(n);
	var t, r, u = n.__c;
	u && u.__H && (u.__H.__.some(function(u) {
		try {
			if (u.__P && u.__c) {
				if (void 0 === r) {
					for (r = n.__; r && (!r.__c || !r.__c.__P);) r = r.__;
					r = r && r.__c;
				}
				u.__P = r, B(e.push(u));
			} else C(u);
		} catch (n) {
			t = n;
		}
	}), u.__H = void 0, t && a$1.__e(t, u.__v));
};
var k = "function" == typeof requestAnimationFrame;
function z(n) {
	var t, r = function() {
		clearTimeout(u), k && cancelAnimationFrame(t), setTimeout(n);
	}, u = setTimeout(r, 35);
	k && (t = requestAnimationFrame(r));
}
function B(n) {
	1 != n && i == a$1.requestAnimationFrame || ((i = a$1.requestAnimationFrame) || z)(g);
}
function C(n) {
	var t = r, u = n.__c;
	"function" == typeof u && (n.__c = void 0, u()), r = t;
}
function D(n) {
	var t = r;
	n.__c = n.__(), r = t;
}
function E(n, t) {
	return !n || n.length != t.length || t.some(function(t, r) {
		return !o$1(t, n[r]);
	});
}
function G(n, t) {
	return "function" == typeof t ? t(n) : t;
}
/** Milliseconds. */
var patience = 15e3;
/**
* Hands a signed consent to the server.
* @throws Error where no answer came: the consent may have arrived all the same
*/
var deliver = async (server, envelope) => {
	const answer = await (await fetch(`${server}/present`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify(envelope),
		credentials: "omit",
		redirect: "error",
		signal: AbortSignal.timeout(patience)
	})).json();
	if (!isAnswer(answer)) throw new Error("not an answer");
	return answer;
};
var isAnswer = (value) => typeof value === "object" && value !== null && "accepted" in value && typeof value.accepted === "boolean" && "say" in value && typeof value.say === "string";
/**
* The bytes of a yes to exactly this statement. They are made here, from the bytes that were shown, and taken from
* nobody.
* @param now seconds since 1970
*/
var consentTo = async ({ statement, bytes }, role, now) => utf8(JSON.stringify({
	v: 2,
	deployment: statement.deployment,
	statement: hex(await digestOf("statement", bytes)),
	person: role.person,
	as: role.as,
	...role.as === "approver" && { group: role.group },
	iat: now
}));
/** Seconds by which two clocks may differ. */
var skew = 30;
/** @param now seconds since 1970 */
var lifeOf = ({ iat, exp }, now) => {
	if (now >= exp) return {
		alive: false,
		say: `Expired ${span(now - exp)} ago, at ${clock(exp)}.`
	};
	if (now < iat - skew) return {
		alive: false,
		say: `Asked ${span(iat - now)} from now, by the clock of this device. Set the clock right.`
	};
	return {
		alive: true,
		say: `Expires in ${span(exp - now)}, at ${clock(exp)}.`
	};
};
var span = (seconds) => {
	if (seconds < 60) return count(seconds, "second");
	if (seconds < 7200) return count(Math.floor(seconds / 60), "minute");
	if (seconds < 172800) return count(Math.floor(seconds / 3600), "hour");
	return count(Math.floor(seconds / 86400), "day");
};
var count = (number, unit) => `${number} ${unit}${number === 1 ? "" : "s"}`;
var clock = (seconds) => new Intl.DateTimeFormat("en-GB", {
	hour: "2-digit",
	minute: "2-digit",
	timeZoneName: "short"
}).format(seconds * 1e3);
/** Less than this cannot be seen: what rounding leaves out. */
var hairline = 1.5;
/** What was seen before, and now this. */
var alsoSeen = (seen, now) => {
	if (now.to <= now.from) return seen;
	const touches = ({ from, to }) => from <= now.to + hairline && to >= now.from - hairline;
	const joined = [now, ...seen.filter(touches)];
	const whole = {
		from: Math.min(...joined.map(({ from }) => from)),
		to: Math.max(...joined.map(({ to }) => to))
	};
	return [...seen.filter((span) => !touches(span)), whole];
};
/** True when nothing of the height was left out. */
var sawAll = (seen, height) => height > 0 && seen.some(({ from, to }) => from <= hairline && to >= height - hairline);
/** Milliseconds between having seen all of it and being able to say yes. */
var pause = 1e3;
/**
* True once every part of an element was in the window, above the bar at its foot. When it is laid out anew before
* that, what was seen is forgotten: it may stand elsewhere now.
*/
var useSawAll = (element, bar) => {
	const [all, setAll] = d(false);
	A(() => {
		const shown = element.current;
		if (!shown || all) return;
		let seen = [];
		const look = () => {
			if (document.visibilityState !== "visible") return;
			const { top, height } = shown.getBoundingClientRect();
			const { ceiling, floor } = windowOf(bar.current);
			seen = alsoSeen(seen, {
				from: Math.max(0, ceiling - top),
				to: Math.min(height, floor - top)
			});
			if (sawAll(seen, height)) setAll(true);
		};
		const anew = new ResizeObserver(() => {
			seen = [];
			look();
		});
		anew.observe(shown);
		const stop = listen(look, [
			[window, "scroll"],
			[window, "resize"],
			[document, "visibilitychange"],
			...visualViewport ? [[visualViewport, "scroll"], [visualViewport, "resize"]] : []
		]);
		return () => {
			anew.disconnect();
			stop();
		};
	}, [all]);
	return all;
};
/**
* True a second after `begun`, and again a second after this window came back to the front: a press that was meant for
* something else must not be a yes.
*/
var useSettled = (begun) => {
	const [settled, setSettled] = d(false);
	A(() => {
		if (!begun) return;
		let timer = 0;
		const wait = () => {
			setSettled(false);
			clearTimeout(timer);
			timer = setTimeout(() => setSettled(document.visibilityState === "visible"), pause);
		};
		wait();
		const stop = listen(wait, [[window, "focus"], [document, "visibilitychange"]]);
		return () => {
			clearTimeout(timer);
			stop();
		};
	}, [begun]);
	return settled;
};
/** What of the layout is on the screen: less than the window where somebody has zoomed in. */
var windowOf = (bar) => {
	const ceiling = visualViewport?.offsetTop ?? 0;
	const floor = ceiling + (visualViewport?.height ?? innerHeight);
	return {
		ceiling,
		floor: Math.min(floor, bar?.getBoundingClientRect().top ?? floor)
	};
};
var listen = (hear, events) => {
	for (const [target, name] of events) target.addEventListener(name, hear, { passive: true });
	return () => {
		for (const [target, name] of events) target.removeEventListener(name, hear);
	};
};
/** A statement as the lines that terminal and desk show, in this order, with nothing left out and nothing added. */
var linesOf = ({ resource, via, ...rest }) => {
	const facts = Object.keys(resource.facts).sort();
	return [
		["text", rest.text],
		["requester", rest.requester],
		["agent", rest.agent],
		["resource.type", resource.type],
		["resource.id", resource.id],
		["resource.owner", resource.owner],
		...facts.map((name) => [`fact.${name}`, resource.facts[name]]),
		["via.room", via.room],
		["via.platform", via.platform],
		["via.tenant", via.tenant],
		["via.account", via.account],
		["via.message", via.message],
		["deployment", rest.deployment],
		["runner", rest.runner],
		["command", rest.command],
		["tier", rest.tier],
		["bundle", rest.bundle],
		["definition", rest.definition],
		["id", rest.id],
		["iat", rest.iat],
		["exp", rest.exp],
		["v", rest.v]
	].flatMap(([name, value]) => value === void 0 ? [] : [{
		name,
		value: visible(value)
	}]);
};
/** JSON, with everything but printable ASCII written as its number: nothing hides, reorders or imitates. */
var visible = (value) => {
	let text = "";
	for (const unit of JSON.stringify(value).split("")) {
		const code = unit.charCodeAt(0);
		text += code >= 32 && code <= 126 ? unit : `\\u${code.toString(16).padStart(4, "0")}`;
	}
	return text;
};
var headingOf = ({ requester, agent }, role) => role.as === "requester" ? ownHeading(role.person, agent) : theirHeading(requester, agent, role);
var ownHeading = (person, agent) => {
	const own = {
		yes: "Sign",
		no: "Do not sign",
		end: "cancel"
	};
	if (agent === void 0) return {
		...own,
		title: "Your own command",
		lead: `You sign as ${person}. Do it only if you said exactly this.`
	};
	return {
		...own,
		title: "A command in your name",
		lead: `The agent ${plain(agent)} asks for this for you. You sign as ${person}: do it only if you want exactly this.`
	};
};
var theirHeading = (requester, agent, { person, group }) => {
	const who = requester === void 0 ? agent ? `the agent ${plain(agent)}` : "nobody known" : plain(requester);
	const asks = requester !== void 0 && agent !== void 0 ? `The agent ${plain(agent)}, for ${who},` : upper(who);
	return {
		title: `${upper(who)}’s command`,
		lead: `${asks} needs an approval of ${group}. You give it as ${person}.`,
		yes: "Approve",
		no: "Do not approve",
		end: "deny"
	};
};
/** A name as it is where nothing in it can mislead, else with its odd characters by number. */
var plain = (name) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) ? name : visible(name);
/** People's ids keep their case. */
var upper = (text) => text.replace(/^(?=the agent |nobody known$)./, (first) => first.toUpperCase());
/** Seconds since 1970, by the clock of this device. */
var now = () => Math.floor(Date.now() / 1e3);
/** The same, kept up to date. */
var useNow = () => {
	const [time, setTime] = d(now);
	A(() => {
		const timer = setInterval(() => setTime(now()), 1e3);
		return () => clearInterval(timer);
	}, []);
	return time;
};
var f = Symbol.for("pv");
var o = 0;
Array.isArray;
function a(t, e, n$1, u, a, i) {
	e || (e = {});
	var c, l, p = e;
	if ("ref" in p && "function" != typeof t) for (l in p = {}, e) "ref" == l ? c = e[l] : p[l] = e[l];
	var s = {
		type: t,
		props: p,
		key: n$1,
		ref: c,
		__k: null,
		__: null,
		__b: 0,
		__e: null,
		__c: null,
		constructor: f,
		__v: --o,
		__i: -1,
		__u: 0
	};
	return (a || i) && (s.__source = a, s.__self = i), n.vnode && n.vnode(s), s;
}
/** One sheet: where we are, what it is, what can be done. */
var Page = ({ title, children, bar, barRef }) => {
	A(() => {
		document.title = `${title} · Foobot desk`;
	}, [title]);
	return /* @__PURE__ */ a("div", {
		class: "page",
		children: [
			/* @__PURE__ */ a("header", {
				class: "top",
				children: [/* @__PURE__ */ a("span", {
					class: "brand",
					children: [/* @__PURE__ */ a("img", {
						src: "/icon.svg",
						alt: "",
						width: "20",
						height: "20"
					}), " Foobot desk"]
				}), /* @__PURE__ */ a("span", {
					class: "address",
					children: location.host
				})]
			}),
			/* @__PURE__ */ a("main", { children: [/* @__PURE__ */ a("h1", { children: title }), children] }),
			bar && /* @__PURE__ */ a("footer", {
				class: "bar",
				ref: barRef ?? null,
				children: /* @__PURE__ */ a("div", {
					class: "bar-inner",
					children: bar
				})
			})
		]
	});
};
/** Each escape of a value; only those by number stand for a character that is not shown. */
var escapes = /\\(?:u[0-9a-f]{4}|.)/g;
/** A value exactly as `display` writes it. Its quotes step back, and escapes by number stand out. */
var Exact = ({ value }) => {
	const quoted = value.startsWith("\"");
	const inner = quoted ? value.slice(1, -1) : value;
	return /* @__PURE__ */ a($, { children: [
		quoted && /* @__PURE__ */ a("span", {
			class: "quote",
			children: "\""
		}),
		partsOf(inner).map(({ text, escaped }) => escaped ? /* @__PURE__ */ a("mark", { children: text }) : text),
		quoted && /* @__PURE__ */ a("span", {
			class: "quote",
			children: "\""
		})
	] });
};
var partsOf = (text) => {
	const parts = [];
	let at = 0;
	for (const match of text.matchAll(escapes)) {
		if (!match[0].startsWith("\\u")) continue;
		parts.push({
			text: text.slice(at, match.index),
			escaped: false
		}, {
			text: match[0],
			escaped: true
		});
		at = match.index + match[0].length;
	}
	return [...parts, {
		text: text.slice(at),
		escaped: false
	}];
};
/** True where a value has characters that are written as their numbers. */
var hasEscapes = (value) => partsOf(value).length > 1;
/** What heads a group of lines, by the first part of their names; the command needs no heading. */
var headings = {
	requester: "Who asks",
	agent: "Who asks",
	resource: "What it acts on",
	fact: "What it acts on",
	via: "Where it was said",
	deployment: "What carries it out",
	id: "Which, and until when"
};
/** Every line of a statement, exactly as a terminal prints it, under headings. */
var StatementLines = ({ statement }) => {
	const lines = linesOf(statement);
	return /* @__PURE__ */ a($, { children: [sectionsOf(lines).map(({ heading, lines }) => /* @__PURE__ */ a("section", { children: [heading && /* @__PURE__ */ a("h2", { children: heading }), /* @__PURE__ */ a("dl", { children: lines.map((line) => /* @__PURE__ */ a("div", {
		class: `line ${styleOf(line)}`,
		children: [/* @__PURE__ */ a("dt", { children: line.name }), /* @__PURE__ */ a("dd", { children: /* @__PURE__ */ a(Exact, { value: line.value }) })]
	}, line.name)) })] }, heading ?? "")), lines.some(({ value }) => hasEscapes(value)) && /* @__PURE__ */ a("p", {
		class: "note",
		children: [/* @__PURE__ */ a("mark", { children: "\\u0000" }), " and its like stand for one character each, outside plain ASCII, by its number."]
	})] });
};
var sectionsOf = (lines) => {
	const sections = [];
	for (const line of lines) {
		const heading = headings[line.name.split(".")[0] ?? ""];
		const last = sections.at(-1);
		if (last && (heading === void 0 || heading === last.heading)) last.lines.push(line);
		else sections.push({
			heading,
			lines: [line]
		});
	}
	return sections;
};
var styleOf = ({ name, value }) => {
	if (name === "text") return "command";
	return name === "tier" && /dangerous|critical/.test(value) ? "danger" : "";
};
/** How much the command can hurt. Red means that, and nothing else on these pages is red. */
var TierBadge = ({ tier }) => /* @__PURE__ */ a("span", {
	class: tier === "dangerous" || tier === "critical" ? "tier danger" : "tier",
	children: tier
});
/** A statement to read, and to say yes to or not. */
var ConsentSheet = ({ asked, code, role, server }) => {
	const [stage, setStage] = d({ at: "reading" });
	const lines = T(null);
	const bar = T(null);
	const sawAll = useSawAll(lines, bar);
	const settled = useSettled(sawAll);
	const life = lifeOf(asked.statement, useNow());
	const heading = headingOf(asked.statement, role);
	if (stage.at === "ended") return /* @__PURE__ */ a(Ended, {
		...stage,
		code
	});
	const mayAnswer = life.alive && settled && stage.at === "reading";
	const yes = async () => {
		if (!mayAnswer) return;
		const { signed } = stage;
		setStage({ at: "signing" });
		setStage(await signAndSend(asked, role, server, signed));
	};
	const no = () => setStage({
		at: "ended",
		title: "Nothing was signed",
		say: "From this page nothing happens. To end the request for everybody, say in the room:",
		command: `Foobot ${heading.end} ${code}`
	});
	return /* @__PURE__ */ a(Page, {
		title: heading.title,
		barRef: bar,
		bar: /* @__PURE__ */ a($, { children: [/* @__PURE__ */ a("p", {
			class: "status",
			role: "status",
			id: "status",
			children: life.alive ? statusOf(stage, sawAll, settled) : life.say
		}), /* @__PURE__ */ a("div", {
			class: "choices",
			children: [/* @__PURE__ */ a("button", {
				type: "button",
				onClick: no,
				children: heading.no
			}), /* @__PURE__ */ a("button", {
				type: "button",
				class: "yes",
				disabled: !mayAnswer,
				"aria-describedby": "status",
				onClick: yes,
				children: stage.at === "reading" && stage.signed ? "Send it again" : heading.yes
			})]
		})] }),
		children: [
			/* @__PURE__ */ a("p", {
				class: "lead",
				children: heading.lead
			}),
			/* @__PURE__ */ a("p", {
				class: "facts",
				children: [
					/* @__PURE__ */ a(TierBadge, { tier: asked.statement.tier }),
					/* @__PURE__ */ a("span", { children: ["Code ", /* @__PURE__ */ a("b", {
						class: "code",
						children: code
					})] }),
					/* @__PURE__ */ a("span", { children: life.say })
				]
			}),
			/* @__PURE__ */ a("div", {
				class: "statement",
				ref: lines,
				children: /* @__PURE__ */ a(StatementLines, { statement: asked.statement })
			})
		]
	});
};
var Ended = ({ title, say, command, code }) => /* @__PURE__ */ a(Page, {
	title,
	children: /* @__PURE__ */ a("div", {
		role: "status",
		children: [
			/* @__PURE__ */ a("p", {
				class: "lead",
				children: say
			}),
			command && /* @__PURE__ */ a("p", {
				class: "say",
				children: command
			}),
			/* @__PURE__ */ a("p", {
				class: "note",
				children: [command ? "You" : `This was ${code}. You`, " can close this page."]
			})
		]
	})
});
var statusOf = (stage, sawAll, settled) => {
	if (stage.at === "signing") return "Your device asks for your passkey.";
	if (stage.at === "reading" && stage.problem) return stage.problem;
	if (!sawAll) return "Scroll through all of it first.";
	return settled ? "Your passkey is asked for next." : "One moment.";
};
/** @param signed a consent that may not have arrived: it is handed in again, and not signed anew */
var signAndSend = async (asked, role, server, signed) => {
	let envelope = signed;
	try {
		envelope ??= await signWithPasskey("consent", await consentTo(asked, role, now()));
		const { accepted, say } = await deliver(server, envelope);
		return {
			at: "ended",
			title: accepted ? "Signed" : "Signed, and not accepted",
			say
		};
	} catch (error) {
		if (error instanceof NotSigned || !envelope) return {
			at: "reading",
			problem: sentenceOf(error)
		};
		return {
			at: "reading",
			problem: `Signed, but ${server} gave no answer. It is safe to send it again.`,
			signed: envelope
		};
	}
};
var sentenceOf = (error) => error instanceof NotSigned ? error.message : `Something broke in this page, and nothing was signed: ${String(error)}`;
/**
* The bytes that give a person a new key.
* @param key as the bundle lists it, `webauthn <base64 SPKI>`
* @param now seconds since 1970
*/
var keyAddOf = ({ deployment, person }, key, now) => utf8(JSON.stringify({
	v: 2,
	deployment,
	person,
	key,
	iat: now
}));
/**
* Proves to the terminal that made the link which bytes came from here: HMAC-SHA-256 over their digest.
* @param secret of the link, 16 bytes
*/
var macOf = async (secret, body) => {
	const key = await crypto.subtle.importKey("raw", secret, {
		name: "HMAC",
		hash: "SHA-256"
	}, false, ["sign"]);
	return new Uint8Array(await crypto.subtle.sign("HMAC", key, await digestOf("key-add", body)));
};
var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/** Twenty characters that a person can read to a colleague: base32 (RFC 4648 §6) of the key's SHA-256, its first 100 bits. */
var spokenKey = async (key) => {
	const bits = [...await sha256(utf8(key))].map((byte) => byte.toString(2).padStart(8, "0")).join("");
	return Array.from({ length: 20 }, (_, at) => alphabet.charAt(Number.parseInt(bits.slice(at * 5, at * 5 + 5), 2))).join("");
};
/** A new passkey for somebody. */
var KeySheet = ({ owner, secret }) => {
	const [stage, setStage] = d({ at: "asking" });
	const lines = T(null);
	const bar = T(null);
	const sawAll = useSawAll(lines, bar);
	const settled = useSettled(sawAll);
	if (stage.at === "made") return /* @__PURE__ */ a(Done, {
		owner,
		text: stage.text,
		spoken: stage.spoken
	});
	const mayMake = sawAll && settled && stage.at === "asking";
	const make = async () => {
		if (!mayMake) return;
		setStage({ at: "making" });
		try {
			setStage({
				at: "made",
				...await newKey(owner, secret)
			});
		} catch (error) {
			setStage({
				at: "asking",
				problem: error instanceof NotSigned ? error.message : String(error)
			});
		}
	};
	return /* @__PURE__ */ a(Page, {
		title: `A new passkey for ${owner.person}`,
		barRef: bar,
		bar: /* @__PURE__ */ a($, { children: [/* @__PURE__ */ a("p", {
			class: "status",
			role: "status",
			id: "status",
			children: stage.at === "making" ? "Your device asks twice: to make it, and to sign with it." : stage.problem ?? ""
		}), /* @__PURE__ */ a("div", {
			class: "choices",
			children: /* @__PURE__ */ a("button", {
				type: "button",
				class: "yes",
				disabled: !mayMake,
				"aria-describedby": "status",
				onClick: make,
				children: "Make the passkey"
			})
		})] }),
		children: [/* @__PURE__ */ a("p", {
			class: "lead",
			children: [
				"Whoever holds it can sign as ",
				owner.person,
				". Make it only if you are ",
				owner.person,
				", and have just run",
				" ",
				/* @__PURE__ */ a("code", { children: "foobot key add" }),
				" yourself. If somebody else sent you this link, close the page and tell an administrator."
			]
		}), /* @__PURE__ */ a("div", {
			class: "statement",
			ref: lines,
			children: /* @__PURE__ */ a("section", { children: [/* @__PURE__ */ a("h2", { children: "The new key" }), /* @__PURE__ */ a("dl", { children: [
				["person", owner.person],
				["deployment", owner.deployment],
				["works at", location.origin]
			].map(([name, value]) => /* @__PURE__ */ a("div", {
				class: "line",
				children: [/* @__PURE__ */ a("dt", { children: name }), /* @__PURE__ */ a("dd", { children: value })]
			}, name)) })] })
		})]
	});
};
var Done = ({ owner, text, spoken }) => {
	const [copied, setCopied] = d("");
	const copy = () => {
		navigator.clipboard.writeText(text).then(() => setCopied("Copied."), () => setCopied("It could not be copied: select it and copy it yourself."));
	};
	return /* @__PURE__ */ a(Page, {
		title: "The passkey is made",
		children: [
			/* @__PURE__ */ a("p", {
				class: "lead",
				role: "status",
				children: [
					"It counts for nothing yet: your terminal has to sign for it. Paste this text where ",
					/* @__PURE__ */ a("code", { children: "foobot key add" }),
					" ",
					"is waiting, and nowhere else."
				]
			}),
			/* @__PURE__ */ a("textarea", {
				class: "handover",
				readOnly: true,
				"aria-label": "Text for the terminal",
				rows: 5,
				value: text
			}),
			/* @__PURE__ */ a("div", {
				class: "choices",
				children: [/* @__PURE__ */ a("span", {
					class: "status",
					role: "status",
					children: copied
				}), /* @__PURE__ */ a("button", {
					type: "button",
					class: "yes",
					onClick: copy,
					children: "Copy"
				})]
			}),
			/* @__PURE__ */ a("section", { children: [
				/* @__PURE__ */ a("h2", { children: "If colleagues vouch for you" }),
				/* @__PURE__ */ a("p", { children: [
					"Read them these twenty characters. They type them, and so add the key of ",
					owner.person,
					" and no other."
				] }),
				/* @__PURE__ */ a("p", {
					class: "say",
					children: spoken.match(/.{5}/g)?.join(" ")
				})
			] })
		]
	});
};
var newKey = async (owner, secret) => {
	const { id, key } = await makePasskey(owner);
	const body = keyAddOf(owner, key, now());
	const envelope = await signWithPasskey("key-add", body, id);
	const mac = hex(await macOf(secret, body));
	return {
		text: base64url(utf8(JSON.stringify({
			envelope,
			mac
		}))),
		spoken: await spokenKey(key)
	};
};
/** A page that only says something. */
var Notice = ({ title, children }) => /* @__PURE__ */ a(Page, {
	title,
	children: /* @__PURE__ */ a("p", {
		class: "lead",
		children
	})
});
/** Shows what the link asks. Nothing is signed, sent or asked of a passkey before somebody presses a button. */
var open = async (fragment) => {
	if (window.top !== window.self) return /* @__PURE__ */ a(Notice, {
		title: "Open this page by itself",
		children: "It stands inside another page, where nothing is signed."
	});
	if (!passkeysWork()) return /* @__PURE__ */ a(Notice, {
		title: "Passkeys do not work here",
		children: "Open the link in a current browser, with https."
	});
	try {
		return sheetFor(await readFragment(fragment));
	} catch (error) {
		return /* @__PURE__ */ a(Notice, {
			title: "That link cannot be signed",
			children: [
				"It is not as Foobot makes them: ",
				error instanceof Error ? error.message : String(error),
				". Ask for a new one, and tell an administrator if it is the same."
			]
		});
	}
};
var sheetFor = (errand) => {
	switch (errand.kind) {
		case "consent": return /* @__PURE__ */ a(ConsentSheet, { ...errand });
		case "key": return /* @__PURE__ */ a(KeySheet, { ...errand });
		case "nothing": return /* @__PURE__ */ a(Notice, {
			title: "Nothing to sign",
			children: "Foobot gives you a link when something waits for you. A link works once: open it again from where you got it."
		});
	}
};
var fragment = location.hash.slice(1);
history.replaceState(null, "", location.pathname);
addEventListener("hashchange", () => location.reload());
var desk = document.getElementById("desk");
if (!desk) throw new Error("the page has no place for the desk");
Q(await open(fragment), desk);
