/**
 * mAh a day by board and policy, as `npm run bench` measured it when the firmware or the simulated world last changed what is
 * used: 5 % more fails. One that changes it on purpose changes it here.
 */
export const EXPECTED_MAH: Readonly<Record<string, number>> = {
  "rak8212, on, each 60 s": 1600.7,
  "rak8212, on, each 600 s": 461.8,
  "rak8212, save, hourly": 11.6,
  "rak8212, save, hourly, 4 uploads a day": 7.7,
  "rak5010, on, each 60 s": 349.4,
  "rak5010, on, each 600 s": 162.2,
  "rak5010, save, hourly": 11.4,
  "rak5010, save, hourly, 4 uploads a day": 7.3,
  "wio-lte, on, each 60 s": 1583.9,
  "wio-lte, on, each 600 s": 1246.8,
  "wio-lte, save, hourly": 36.9,
  "wio-lte, save, hourly, 4 uploads a day": 29.9,
};
