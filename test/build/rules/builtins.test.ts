import { testRules } from "./rule-cases.ts";

testRules([
  {
    name: "indexOf of more than one character",
    refused: [
      'print(E.a.indexOf("bc")>=0)',
      'print("|OK|".indexOf("|"+E.a+"|")<0)',
      'print(E.a.substr(E.a.indexOf("id")))',
    ],
    message: /indexOf takes a part at the end of the string for the whole: use lastIndexOf/,
    accepted: [
      'print(E.a.indexOf("b")>=0)',
      'print(E.a.indexOf("bc")===0)',
      'print(0!=E.a.indexOf("bc"))',
      'print(E.a.lastIndexOf("bc")>=0)',
    ],
  },
  {
    name: "missing globals",
    refused: ["print(new Map)", "var s=Symbol;print(s)", 'print(escape("a"))', "setImmediate(print)"],
    message: /Espruino has no (Map|Symbol|escape|setImmediate): /,
    accepted: ["var Map=1;print(Map)", "print(E.Map,{Set:1})", 'print(decodeURIComponent("a"))'],
  },
  {
    name: "missing statics",
    refused: [
      "Object.freeze(E)",
      "print(Array.from(E))",
      "print(Date.UTC(2020,1))",
      "print(Math.trunc(1.5))",
      'print(Math["trunc"](1.5))',
      "print(Number.EPSILON)",
      "print(Object.prototype.toString.call([]))",
    ],
    message: /Espruino has no (Object|Array|Date|Math|Number)\.[\w.]+: /,
    accepted: [
      "print(Object.keys(E))",
      "print(Math.floor(1.5))",
      "var Math={trunc:print};Math.trunc(1)",
      "print({}.hasOwnProperty.call(E,1))",
      "print(Date.now())",
    ],
  },
  {
    name: "prototypes of built-ins",
    refused: [
      "print(Array.prototype.slice.call(E))",
      "var a=Array.prototype;print(a)",
      "print(String.prototype.trim)",
      "print(Function.prototype.call)",
    ],
    message: /no methods on \w+\.prototype: take them from a value/,
    accepted: ["print([].slice.call(E))", "function F(){}F.prototype.a=1;E.F=F", "print(E.Array.prototype)"],
  },
  {
    name: "missing methods",
    refused: [
      'print("a".search("b"))',
      'print("a".localeCompare("b"))',
      "print((1).toPrecision(2))",
      "print(E.x.toExponential())",
      "print([].flat())",
      "print([1].at(0))",
      "print([1].reduceRight(print))",
      "print([1].lastIndexOf(1))",
    ],
    message: /Espruino has no \.?\w+(\(\)| on arrays): /,
    accepted: [
      'print("a".lastIndexOf("b"))',
      "print((1).toFixed(2))",
      "var o={at:function(){}};o.at()",
      "function F(){}F.prototype.search=print;E.F=F;E.x.search()",
    ],
  },
  {
    name: "ignored arguments",
    refused: [
      'print(JSON.parse("1",print))',
      "print(JSON.stringify(E,print))",
      'print(JSON.stringify(E,["a"]))',
      "print(Object.create(E,{}))",
      'print("a,b".split(",",1))',
    ],
    message: /JSON\.\w+ ignores its re\w+|Object.create with properties|split ignores its limit/,
    accepted: [
      'print(JSON.parse("1"))',
      "print(JSON.stringify(E))",
      "print(JSON.stringify(E,null,2))",
      "print(Object.create(E))",
      'print("a,b".split(","))',
      "var JSON=E;JSON.parse(1,2)",
    ],
  },
  {
    name: "calls that do something else",
    refused: [
      "print(Object.create(null))",
      'print(new Date("2020-01-01"))',
      'print(new Date(E.day+"Z"))',
      "E.p=new Promise(function(){})",
      'print("a".replace("a","$&$&"))',
      "function F(){return 1}E.f=new F",
    ],
    message:
      /still has toString|becomes 0, not NaN|is freed while in use|\$1 to \$9 only|a constructor returns/,
    accepted: [
      "print(new Date)",
      "print(new Date(0))",
      // 0 can be told from a date.
      'print(Date.parse(E.day+"Z"))',
      "print(new Date(2020,1,1))",
      "E.p=new Promise(function(r){r()})",
      'print("a".replace("a","$1"))',
      "function F(){if(E.x)return;this.a=1}E.f=new F",
      "function f(){return 1}E.f=f()",
    ],
  },
  {
    name: "assigned length",
    refused: ["E.a.length=0", 'E.a["length"]=0', "E.a.length--", "E.a.length-=2"],
    message: /assigning \.length throws: shorten an array with splice/,
    accepted: ["print(E.a.length)", "E.a.splice(2)", "E.l={length:2}"],
  },
]);
