import { testRules } from "./rule-cases.ts";

testRules([
  {
    name: "function used before its declaration",
    refused: [
      "f();function f(){}",
      "E.f=f;function f(){}",
      "E.f=function(){return g();function g(){return 1}}",
      "if(E.x){function f(){}}f()",
    ],
    message: /function [fg] is used where it may be before its declaration.* further up/,
    accepted: [
      "function f(){}f()",
      "function f(){g()}function g(){f()}E.f=f",
      "E.f=function(){function g(){return 1}return g()}",
      "if(E.x){function f(){}f()}",
    ],
  },
  {
    name: "variable used before its declaration",
    refused: ["x=1;var x", "print(x);var x=1", "E.f=function(){x=1;var x;return x}", "var a=b,b=1"],
    message: /`[xab]` is used where it may be before its declaration/,
    accepted: ["var x;x=1", "var x=1,y=x", "E.f=function(x){x=1}", "var x=x||1", "print(y)"],
  },
  {
    // Every other engine runs these; terser makes the first two of two sibling `let`s.
    name: "variable declared on one branch only",
    refused: [
      "if(E.x){var a=1;print(a)}else a=2,print(a)",
      "switch(E.x){case 1:var a=1;print(a);break;case 2:a=2,print(a)}",
      "for(;E.x;){var a=1}print(a)",
      "try{var a=E.x()}catch(e){print(a)}",
      "try{var a=E.x()}catch(e){}print(a)",
      "do{if(E.x)continue;var a=1}while(a)",
      "for(;;){if(E.x)break;var a=1;if(a)break}print(a)",
      "while(!0){if(E.x)break;var a=1}print(a)",
    ],
    message: /`a` is used where it may be before its declaration/,
    accepted: [
      "var a;if(E.x)a=1;else a=2;print(a)",
      "if(E.x)var a=1;else var a=2;print(a)",
      "switch(E.x){case 1:var a=1;break;default:var a=2}print(a)",
      "if(E.x){var a=1;print(a)}",
      "for(var a=0;a<3;a++)print(a);print(a)",
      "for(var a in E)print(a);print(a)",
      "for(;;){var a=1;if(a)break}print(a)",
      "do{var a=1}while(a);print(a)",
      "E.f=function(){if(E.x)return;var a=1;return a}",
      "E.f=function(){if(E.x)throw 1;else var a=1;return a}",
      "try{E.x()}finally{var a=1}print(a)",
    ],
  },
  {
    name: "variable of a function that runs before the declaration",
    refused: [
      "function f(){return x}f();var x=1",
      "function f(){g()}function g(){print(x)}f();var x=1",
      "!function(){print(x)}();var x=1",
      "[1].forEach(function(){print(x)});var x=1",
      "function f(){print(x)}[1].forEach(f);var x=1",
      "var f=function(){print(x)};f();var x=1",
      "var o={go:function(){print(x)}};o.go();var x=1",
      "function F(){this.a=x}F.prototype.b=1;print(new F);var x=1",
      "function f(){print(x)}f.call(E);var x=1",
      "function f(){print(x)}E.k=[f];E[0]();var x=1",
      "E.f=function(){function g(){return x}g();var x=1}",
    ],
    message: /`x` is used by a function that runs before its declaration/,
    accepted: [
      "function f(){return x}var x=1;f()",
      "function f(){return x}E.f=f;var x=1",
      "function f(){return x}setTimeout(f,0);var x=1",
      'E.on("init",function(){print(x)});var x=1',
      "var o={go:function(){print(x)}};var x=1;o.go()",
      "function f(){var x=1;return x}f();var x=2",
    ],
  },
]);
