import { Weighted } from './weighted.ts';

export interface Category {
  readonly name: string;
  /** The data set's own translation, its spelling included. */
  readonly english: string;
  /** Share of the lines sold, in per mille or so. */
  readonly share: number;
  /** Median price in BRL. */
  readonly median: number;
}

/** Olist's 71 categories. */
const table = `
cama_mesa_banho bed_bath_table 111 80 · beleza_saude health_beauty 97 79 · esporte_lazer sports_leisure 86 78
moveis_decoracao furniture_decor 83 70 · informatica_acessorios computers_accessories 78 82
utilidades_domesticas housewares 70 65 · relogios_presentes watches_gifts 60 125 · telefonia telephony 45 30
ferramentas_jardim garden_tools 43 60 · automotivo auto 42 86 · brinquedos toys 41 80 · cool_stuff cool_stuff 38 110
perfumaria perfumery 34 90 · bebes baby 31 85 · eletronicos electronics 28 35 · papelaria stationery 25 58
fashion_bolsas_e_acessorios fashion_bags_accessories 20 50 · pet_shop pet_shop 19 70
moveis_escritorio office_furniture 17 140 · consoles_games consoles_games 11 60 · malas_acessorios luggage_accessories 11 85
construcao_ferramentas_construcao construction_tools_construction 9 75 · eletrodomesticos home_appliances 8 250
instrumentos_musicais musical_instruments 7 150 · eletroportateis small_appliances 7 200
casa_construcao home_construction 6 90 · livros_interesse_geral books_general_interest 6 57 · alimentos food 5 45
moveis_sala furniture_living_room 5 95 · casa_conforto home_confort 5 75 · bebidas drinks 4 40 · audio audio 4 70
market_place market_place 3 80 · construcao_ferramentas_iluminacao construction_tools_lights 3 65
climatizacao air_conditioning 3 120
moveis_cozinha_area_de_servico_jantar_e_jardim kitchen_dining_laundry_garden_furniture 3 80
alimentos_bebidas food_drink 3 45 · industria_comercio_e_negocios industry_commerce_and_business 3 60
livros_tecnicos books_technical 3 60 · telefonia_fixa fixed_telephony 3 60 · fashion_calcados fashion_shoes 3 70
eletrodomesticos_2 home_appliances_2 2 300 · construcao_ferramentas_jardim costruction_tools_garden 2 90
agro_industria_e_comercio agro_industry_and_commerce 2 110 · artes art 2 70 · pcs computers 2 1100
sinalizacao_e_seguranca signaling_and_security 2 75
construcao_ferramentas_seguranca construction_tools_safety 2 110 · artigos_de_natal christmas_supplies 2 45
fashion_roupa_masculina fashion_male_clothing 1 70 · fashion_underwear_e_moda_praia fashion_underwear_beach 1 60
moveis_quarto furniture_bedroom 1 120 · construcao_ferramentas_ferramentas costruction_tools_tools 1 90
tablets_impressao_imagem tablets_printing_image 1 80 · portateis_casa_forno_e_cafe small_appliances_home_oven_and_coffee 1 350
cine_foto cine_photo 0.7 70 · dvds_blu_ray dvds_blu_ray 0.6 60 · livros_importados books_imported 0.5 60
fashion_roupa_feminina fashio_female_clothing 0.4 55 · artigos_de_festas party_supplies 0.4 60 · musica music 0.3 90
moveis_colchao_e_estofado furniture_mattress_and_upholstery 0.3 110 · flores flowers 0.3 30
fraldas_higiene diapers_and_hygiene 0.3 40 · fashion_esporte fashion_sport 0.3 60 · casa_conforto_2 home_comfort_2 0.3 25
artes_e_artesanato arts_and_craftmanship 0.2 75 · la_cuisine la_cuisine 0.1 100 · cds_dvds_musicais cds_dvds_musicals 0.1 55
fashion_roupa_infanto_juvenil fashion_childrens_clothes 0.1 65 · seguros_e_servicos security_and_services 0.1 140
`;

export const categories: readonly Category[] = table
  .split(/[·\n]/)
  .map((entry) => entry.trim())
  .filter((entry) => entry !== '')
  .map((entry) => {
    const [name = '', english = '', share, median] = entry.split(' ');
    return { name, english, share: Number(share), median: Number(median) };
  });

/** Months (0 is January) in which a category sells ×2.5, and in which it sells a quarter. */
const seasons: Readonly<
  Record<string, { readonly high: readonly number[]; readonly low: readonly number[] }>
> = {
  papelaria: { high: [0, 1], low: [10, 11] },
  brinquedos: { high: [9, 11], low: [1, 2] },
  climatizacao: { high: [11, 0, 1], low: [5, 6, 7] },
  malas_acessorios: { high: [6, 11], low: [3] },
  artigos_de_natal: { high: [10, 11], low: [1, 2, 3, 4, 5, 6, 7] },
  relogios_presentes: { high: [4, 7, 11], low: [] },
  perfumaria: { high: [4, 5], low: [] },
  fashion_underwear_e_moda_praia: { high: [11, 0, 1], low: [4, 5, 6, 7] },
  ferramentas_jardim: { high: [8, 9], low: [5, 6] },
  livros_tecnicos: { high: [1, 7], low: [11] },
};

/** How a category's sales stand to its yearly average in a month. */
export function seasonFactor(category: string, month: number): number {
  const season = seasons[category];
  if (season?.high.includes(month)) return 2.5;
  return season?.low.includes(month) ? 0.25 : 1;
}

/** For each month, the category of a line as a position in `categories`. */
export const categoriesByMonth: readonly Weighted<number>[] = Array.from({ length: 12 }, (_, month) => {
  const [first, ...rest] = categories.map(
    ({ name, share }, index) => [index, share * seasonFactor(name, month)] as const,
  );
  return new Weighted([first ?? [0, 1], ...rest]);
});
