import { testRules } from "./rule-cases.ts";

testRules([
  {
    name: "no timer given",
    refused: ["clearTimeout()", "clearInterval()", "clearWatch()"],
    message: /\(\) clears every timer/,
    accepted: [
      "var clearTimeout=print;clearTimeout()",
      "E.clearTimeout()",
      "clearTimeout(0)",
      "clearTimeout(null)",
    ],
  },
  {
    name: "clearing function passed on",
    refused: ["E.stop=clearTimeout", "[1].forEach(clearInterval)", "clearTimeout.call(E,1)"],
    message: /passed on/,
    accepted: ["E.x={clearTimeout:1}"],
  },
  {
    name: "timer that may be undefined",
    refused: [
      "E.stop=function(t){clearTimeout(t)}",
      "clearTimeout(void 0)",
      "clearTimeout(E.timer)",
      "E.stop=function(s){clearTimeout(s.timer)}",
      // Declared without a value, and set only when something has happened.
      "var t;E.start=function(){t=setTimeout(print,1)},E.stop=function(){clearTimeout(t)}",
      "var t;if(E.x)t=0;clearTimeout(t)",
      // Set to something else on the way.
      "var t=0;E.start=function(){t=void 0},E.stop=function(){clearTimeout(t)}",
      "var t=0;E.start=function(x){t=x},E.stop=function(){clearTimeout(t)}",
      "var s={t:0};E.start=function(){s.t=void 0},E.stop=function(){clearTimeout(s.t)}",
      "var s={t:0};E.start=function(){delete s.t},E.stop=function(){clearTimeout(s.t)}",
      "var s={};E.start=function(){s.t=setTimeout(print,1)},E.stop=function(){clearTimeout(s.t)}",
      "E.init=function(s,x){s.t=0;s.k=x};E.start=function(s){s.t=s.k&&setTimeout(print,s.k)},E.stop=function(s){clearTimeout(s.t)}",
      // Tested, but not that, not then, or the other way round.
      "E.stop=function(s){s.on&&clearTimeout(s.t)}",
      "E.stop=function(s){s.t||clearTimeout(s.t)}",
      "E.stop=function(s){if(s.t){print(1);clearTimeout(s.t)}}",
      "E.stop=function(s){if(s.t){s=E;clearTimeout(s.t)}}",
      "E.stop=function(s){if(s.t){s.t=void 0;clearTimeout(s.t)}}",
      "E.stop=function(s){if(s.t)print(1);else clearTimeout(s.t)}",
      "E.stop=function(s){s.t&&setTimeout(function(){clearTimeout(s.t)},5)}",
    ],
    message: /clear\w+ throws if the timer is undefined: test it just before/,
    accepted: [
      "E.stop=function(t){t&&clearTimeout(t)}",
      "E.stop=function(s){s.t&&clearTimeout(s.t)}",
      "E.stop=function(){if(this.t){clearInterval(this.t);this.t=void 0}}",
      "E.stop=function(s){s.on&&s.t&&clearTimeout(s.t)}",
      "E.stop=function(s){s.t?clearTimeout(s.t):print(1)}",
      "E.stop=function(t){clearTimeout(t||0)}",
      "var t=0;E.start=function(){t=setTimeout(print,1)},E.stop=function(){clearTimeout(t),t=0}",
      "var t;t=0;E.start=function(){t=setTimeout(print,1)},E.stop=function(){clearTimeout(t)}",
      "var s={t:0};E.start=function(){s.t=setTimeout(print,1)},E.stop=function(s){clearTimeout(s.t);s.t=0}",
      "E.init=function(s){s.t=s.u=0};E.start=function(s){s.t=setTimeout(print,1)},E.stop=function(s){clearTimeout(s.t)}",
      "E.init=function(s,x){s.t=0;s.k=x*1e3};E.start=function(s){s.t=s.k&&setTimeout(print,s.k)},E.stop=function(s){clearTimeout(s.t)}",
      "function F(){this.t=this.u=0}F.prototype.stop=function(){clearTimeout(this.t);clearTimeout(this.u)};E.F=F",
      "var s={t:null};E.start=function(o){s.t=o?setInterval(print,1):0},E.stop=function(){clearInterval(s.t)}",
    ],
  },
]);
